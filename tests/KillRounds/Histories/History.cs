namespace KillRounds.Histories;

/// <summary>Events in the order in which clients saw them. Any thread may add; it is read when all are done.</summary>
public sealed class History
{
    private readonly Lock _lock = new();
    private readonly List<Event> _events = [];

    public IReadOnlyList<Event> Events => _events;

    /// <summary>Every record of the log at the end, also of aborted transactions, in order of offset per place.</summary>
    public IReadOnlyList<Read> Log { get; set; } = [];

    /// <summary>As <see cref="Log"/>, but what a reader of committed records gets.</summary>
    public IReadOnlyList<Read> CommittedLog { get; set; } = [];

    public void Add(Event e)
    {
        lock (_lock)
            _events.Add(e);
    }

    public IEnumerable<T> Of<T>()
        where T : Event => _events.OfType<T>();

    /// <summary>Which value was sent in which transaction, by value.</summary>
    public Dictionary<string, Sent> SentByValue() => Of<Sent>().ToDictionary(s => s.Value, StringComparer.Ordinal);

    public Dictionary<string, Outcome> Outcomes() =>
        Of<TransactionEnded>().ToDictionary(t => t.Transaction, t => t.Outcome, StringComparer.Ordinal);
}
