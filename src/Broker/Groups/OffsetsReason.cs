namespace Broker.Groups;

/// <summary>Why offsets of a group changed by no commit of its own; for the log.</summary>
internal enum OffsetsReason
{
    None,

    /// <summary>Somebody outside of a group that has had members set them: an administrator's reset.</summary>
    Reset,

    Deleted,

    TopicDeleted,

    Expired,
}
