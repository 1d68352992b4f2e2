namespace Broker.Storage;

/// <summary>Why a segment was closed and a new one begun.</summary>
internal enum RollReason
{
    None,

    /// <summary>segment.bytes.</summary>
    Size,

    /// <summary>segment.ms.</summary>
    Time,

    /// <summary>segment.index.bytes.</summary>
    Index,

    /// <summary>Offsets within a segment must fit 31 bits.</summary>
    Offsets,

    /// <summary>Retention gives up all there is, the active segment included.</summary>
    Retention,
}
