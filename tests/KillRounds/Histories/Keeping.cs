namespace KillRounds.Histories;

/// <summary>What a topic owes to those who wrote to it.</summary>
public enum Keeping
{
    Everything,

    /// <summary>The last record of each key.</summary>
    LatestOfKey,

    /// <summary>Everything from where somebody asked it to begin.</summary>
    UntilTrimmed,

    /// <summary>Everything from where retention made it begin.</summary>
    Newest,
}
