namespace KillRounds.Histories;

/// <summary>What one client did or learned. Values are unique: no two sends carry the same one.</summary>
public abstract record Event;

/// <param name="Transaction">Null outside of one; else unique among all of the history.</param>
public sealed record Sent(string Writer, Place Place, string Value, string? Transaction = null) : Event;

/// <summary>The broker said that the record is stored.</summary>
public sealed record Acknowledged(string Writer, Place Place, string Value, long Offset) : Event;

public sealed record TransactionEnded(string Transaction, Outcome Outcome) : Event;

/// <summary>A reader begins at the group's committed offset.</summary>
public sealed record Assigned(string Reader, string Session, Place Place) : Event;

/// <param name="Session">From one assignment to the next; within it a reader goes only forward.</param>
/// <param name="Transaction">The one that consumes it; null outside of one.</param>
public sealed record Read(string Reader, string Session, Place Place, long Offset, string Value, string? Transaction = null) : Event;

/// <summary>A group asks to keep a position: the offset it will read next.</summary>
public sealed record CommitSent(string Group, Place Place, long Offset) : Event;

/// <summary>The broker said that the position is kept.</summary>
public sealed record CommitAcknowledged(string Group, Place Place, long Offset) : Event;

public enum Outcome
{
    Committed,
    Aborted,

    /// <summary>The client was told neither.</summary>
    Unknown,
}
