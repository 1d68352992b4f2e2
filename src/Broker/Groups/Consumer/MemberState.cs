namespace Broker.Groups.Consumer;

/// <summary>How far a member is on the way to its target. The values are those of the stored records.</summary>
internal enum MemberState : sbyte
{
    /// <summary>It holds what it shall hold.</summary>
    Stable = 0,

    /// <summary>It was told to give up partitions and has not said that it did; its epoch waits for that.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It is in the target's epoch, but some of its partitions are still held by others.</summary>
    UnreleasedPartitions = 2,
}
