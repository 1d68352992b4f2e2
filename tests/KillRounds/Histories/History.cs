namespace KillRounds.Histories;

/// <summary>Events in the order in which clients saw them. Any thread may add; the rest is for when all of them are done.</summary>
public sealed class History
{
    private readonly Lock _lock = new();
    private readonly List<Event> _events = [];
    private readonly Lazy<Dictionary<string, Sent>> _sent;
    private readonly Lazy<Dictionary<string, Outcome>> _outcomes;
    private readonly Lazy<HashSet<string>> _committed;
    private readonly Lazy<Dictionary<Place, long>> _starts;

    public History()
    {
        _sent = new(() => Of<Sent>().ToDictionary(s => s.Value, StringComparer.Ordinal));
        _outcomes = new(() => Of<TransactionEnded>().ToDictionary(t => t.Transaction, t => t.Outcome, StringComparer.Ordinal));
        _committed = new(() => Of<Sent>().Where(IsVisible).Select(s => s.Transaction!).ToHashSet(StringComparer.Ordinal));
        _starts = new(() => Of<BoundsSeen>().GroupBy(b => b.Place).ToDictionary(g => g.Key, g => g.Last().Start));
    }

    public IReadOnlyList<Event> Events => _events;

    /// <summary>By topic; <see cref="Keeping.Everything"/> where nothing is said.</summary>
    public Dictionary<string, Keeping> Keeps { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>The group that goes round each ring, by topic.</summary>
    public Dictionary<string, string> RingGroups { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Every record of the log at the end, also of aborted transactions, in order of offset per place.</summary>
    public IReadOnlyList<Read> Log { get; set; } = [];

    /// <summary>As <see cref="Log"/> and read after it, but what a reader of committed records gets.</summary>
    public IReadOnlyList<Read> CommittedLog { get; set; } = [];

    /// <summary>What was sent, by value.</summary>
    public IReadOnlyDictionary<string, Sent> Sent => _sent.Value;

    public void Add(Event e)
    {
        lock (_lock)
            _events.Add(e);
    }

    /// <summary>A copy in which something else happened.</summary>
    public History With(IEnumerable<Event> events, IReadOnlyList<Read> log, IReadOnlyList<Read> committedLog)
    {
        var copy = new History { Keeps = Keeps, RingGroups = RingGroups, Log = log, CommittedLog = committedLog };
        copy._events.AddRange(events);
        return copy;
    }

    public IEnumerable<T> Of<T>()
        where T : Event => _events.OfType<T>();

    public Keeping KeepingOf(Place place) => Keeps.GetValueOrDefault(place.Topic);

    /// <summary>Where a place began when it was last looked at, after the logs were read.</summary>
    public long StartOf(Place place) => _starts.Value.GetValueOrDefault(place);

    /// <summary>Whether a record that was stored there has to be there at the end.</summary>
    public bool Keep(Place place, long offset) => KeepingOf(place) switch
    {
        Keeping.Everything => true,
        Keeping.LatestOfKey => false,
        _ => offset >= StartOf(place),
    };

    public Outcome OutcomeOf(string transaction) => _outcomes.Value.GetValueOrDefault(transaction, Outcome.Unknown);

    /// <summary>Told to its client, or plain from what it left: some of it is in the committed log.</summary>
    public bool IsCommitted(string transaction) =>
        OutcomeOf(transaction) == Outcome.Committed || (OutcomeOf(transaction) == Outcome.Unknown && _committed.Value.Contains(transaction));

    /// <summary>All of it, to be kept with the data of a run that failed.</summary>
    public IEnumerable<string> Lines()
    {
        lock (_lock)
            return [.. _events.Select(e => e.ToString()), "log at the end", .. Log.Select(r => r.ToString()), "committed log at the end", .. CommittedLog.Select(r => r.ToString())];
    }

    private bool IsVisible(Sent sent) => sent.Transaction is not null && CommittedValues.Contains(sent.Value);

    private HashSet<string> CommittedValues => field ??= CommittedLog.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
}
