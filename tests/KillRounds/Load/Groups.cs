namespace KillRounds.Load;

/// <summary>The groups that keep positions.</summary>
internal static class Groups
{
    /// <summary>Reads the numbers by the classic protocol.</summary>
    public const string Classic = "classic-readers";

    /// <summary>Reads the numbers by the consumer protocol (KIP-848).</summary>
    public const string Consumer = "consumer-readers";

    /// <summary>Positions in transactions of members, who can lose their partitions.</summary>
    public const string FirstRing = "first-ring-workers";

    /// <summary>Positions in transactions of workers who own their partitions by their transactional id.</summary>
    public const string SecondRing = "second-ring-workers";
}
