namespace KillRounds.Load;

/// <summary>What clients count.</summary>
internal enum Deed
{
    Acknowledged,

    /// <summary>Transactions, by dialect.</summary>
    FirstCommitted,
    FirstAborted,
    SecondCommitted,
    SecondAborted,

    /// <summary>Partitions were given to a member.</summary>
    ClassicAssigned,
    ConsumerAssigned,

    /// <summary>A batch was sent again because its answer did not come, and answered then.</summary>
    Resent,

    /// <summary>Of these, stored already when it was sent again.</summary>
    ResentAndThere,

    /// <summary>A request within a transaction got no answer and was sent again.</summary>
    Repeated,

    /// <summary>A producer was replaced by one of the same transactional id in the middle of a transaction.</summary>
    Replaced,

    /// <summary>A client gave up a connection that did not answer.</summary>
    TimedOut,

    /// <summary>A partition was asked to begin later.</summary>
    Trimmed,

    /// <summary>The onlooker has seen everything once.</summary>
    Looked,
}
