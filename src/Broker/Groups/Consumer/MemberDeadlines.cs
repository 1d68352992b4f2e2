namespace Broker.Groups.Consumer;

/// <summary>By when a member has to do what, on the coordinator's clock. Not stored: after a restart everybody has a full session again.</summary>
internal sealed class MemberDeadlines
{
    /// <summary>To be heard of.</summary>
    public TimeSpan Session { get; set; } = TimeSpan.MaxValue;

    /// <summary>To give up the partitions it was told to.</summary>
    public TimeSpan Revocation { get; set; } = TimeSpan.MaxValue;

    /// <summary>Of a classic member: to join again after it was told to.</summary>
    public TimeSpan Rejoin { get; set; } = TimeSpan.MaxValue;

    /// <summary>Of a classic member: to ask for its assignment after it joined.</summary>
    public TimeSpan Sync { get; set; } = TimeSpan.MaxValue;

    public TimeSpan First => new[] { Session, Revocation, Rejoin, Sync }.Min();

    /// <summary>Which deadline has passed; null for none.</summary>
    public string? Missed(TimeSpan now) =>
        Session <= now ? "its session ended"
        : Revocation <= now ? "it did not give up its partitions in time"
        : Rejoin <= now ? "it did not join again in time"
        : Sync <= now ? "it did not ask for its assignment in time"
        : null;
}
