namespace KillRounds.Histories;

/// <summary>What one client did or learned. Values are unique: no two sends carry the same one.</summary>
public abstract record Event;

/// <param name="Transaction">Null outside of one; else unique among all of the history.</param>
/// <param name="Key">Of a record on a compacted topic; null elsewhere.</param>
/// <param name="IsTombstone">The record takes its key away.</param>
public sealed record Sent(
    string Writer, Place Place, string Value, string? Transaction = null, string? Key = null, bool IsTombstone = false) : Event;

/// <summary>The broker said that the record is stored.</summary>
public sealed record Acknowledged(string Writer, Place Place, string Value, long Offset) : Event;

/// <summary>About to be sent, although the broker has to refuse it: nobody may ever see it, whatever the answer.</summary>
public sealed record Unacceptable(string Writer, Place Place, string Value) : Event;

/// <summary>A client is about to ask for the commit: from here on the transaction may be visible.</summary>
public sealed record CommitAsked(string Transaction) : Event;

public sealed record TransactionEnded(string Transaction, Outcome Outcome) : Event;

/// <summary>A member of a group is about to begin where the group has got to.</summary>
public sealed record Assigned(string Reader, string Session, Place Place, string Group) : Event;

/// <summary>A reader is about to begin, or to go on, at an offset of its own choice.</summary>
public sealed record Positioned(string Reader, string Session, Place Place, long Offset) : Event;

/// <param name="Session">From one assignment or position to the next; within it a reader goes only forward.</param>
/// <param name="Transaction">The one that consumes it; null outside of one.</param>
/// <param name="IsUncommitted">The reader asks for everything, also of open and aborted transactions.</param>
public sealed record Read(
    string Reader, string Session, Place Place, long Offset, string Value, string? Transaction = null, bool IsUncommitted = false) : Event;

/// <summary>A group asks to keep a position: the offset it will read next.</summary>
public sealed record PositionSent(string Group, Place Place, long Offset, string? Transaction = null) : Event;

/// <summary>The broker said that the position is kept.</summary>
public sealed record PositionAcknowledged(string Group, Place Place, long Offset) : Event;

/// <summary>Somebody asks that a partition begin at a later offset.</summary>
public sealed record TrimSent(Place Place, long Offset) : Event;

/// <summary>The broker said where the partition begins now.</summary>
public sealed record TrimAcknowledged(Place Place, long Start) : Event;

/// <summary>An onlooker is about to ask; there is only one, and what it sees comes next.</summary>
public sealed record LookBegun : Event;

/// <summary>The position that a group has, of those it ever kept.</summary>
public sealed record PositionSeen(string Group, Place Place, long Offset) : Event;

/// <summary>Where a partition begins and ends.</summary>
public sealed record BoundsSeen(Place Place, long Start, long End) : Event;

public enum Outcome
{
    Committed,
    Aborted,

    /// <summary>The client was told neither.</summary>
    Unknown,
}
