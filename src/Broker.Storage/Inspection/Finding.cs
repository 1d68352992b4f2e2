namespace Broker.Storage.Inspection;

/// <summary>How bad something is that was found in a log.</summary>
public enum FindingKind
{
    /// <summary>Worth knowing, and as it should be.</summary>
    Note,

    /// <summary>No record is lost: the next start repairs it, or the file may be deleted and is built again.</summary>
    Repairable,

    /// <summary>Records that were on disk are damaged or gone. The next start leaves the partition offline.</summary>
    Damage,
}

/// <summary>One thing that was found.</summary>
/// <param name="Kind">How bad it is.</param>
/// <param name="File">Name of the file, in the partition's directory or in the data directory; or of the partition's directory itself.</param>
/// <param name="Position">Byte in the file where it begins; <see cref="Whole"/> for all of it.</param>
/// <param name="Text">A sentence.</param>
public sealed record Finding(FindingKind Kind, string File, long Position, string Text)
{
    /// <summary>Not at a position.</summary>
    public const long Whole = -1;

    /// <summary>One line.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}: {File}{(Position == Whole ? "" : $" at position {Position}")}: {Text}";
}
