using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds.Planted;

/// <summary>Short histories: a checker that finds nothing has to be one that can find something.</summary>
internal static class Story
{
    public const string RingTopic = "ring";
    public const string RingGroup = "ring-workers";

    public static readonly Place P = new("numbers", 0);
    public static readonly Place Q = new("numbers", 1);
    public static readonly Place R = new(RingTopic, 0);

    public static Read At(Place place, long offset, string value) => new("end", "end", place, offset, value);

    public static History Of(params Event[] events)
    {
        var history = new History();
        foreach (var e in events)
            history.Add(e);
        return history;
    }

    public static History Then(this History history, params Event[] events)
    {
        foreach (var e in events)
            history.Add(e);
        return history;
    }

    /// <summary>What both final reads find.</summary>
    public static History Ends(this History history, params Read[] log)
    {
        history.CommittedLog = history.Log = log;
        return history;
    }

    public static History EndsCommitted(this History history, params Read[] log)
    {
        history.CommittedLog = log;
        return history;
    }

    public static History Keeps(this History history, Place place, Keeping keeping)
    {
        history.Keeps[place.Topic] = keeping;
        return history;
    }

    /// <summary>Sent in the order given, acknowledged at the offsets given, and there.</summary>
    public static History Written(params (string Value, long Offset)[] records)
    {
        var history = new History();
        foreach (var (value, offset) in records)
            history.Then(new Sent("w", P, value), new Acknowledged("w", P, value, offset));
        return history.Ends([.. records.OrderBy(r => r.Offset).Select(r => At(P, r.Offset, r.Value))]);
    }

    /// <summary>Sent to one place in transaction t, and there.</summary>
    public static History InTransaction(Outcome outcome, params string[] values)
    {
        var history = new History();
        foreach (var (offset, value) in values.Index())
            history.Then(new Sent("w", P, value, "t"), new Acknowledged("w", P, value, offset));
        return history.Then(new CommitAsked("t"), new TransactionEnded("t", outcome))
            .Ends([.. values.Index().Select(v => At(P, v.Index, v.Item))]);
    }

    /// <summary>A ring of one partition with these records, consumed up to the position.</summary>
    public static History Ring(long position, params string[] values)
    {
        var history = new History();
        history.RingGroups[RingTopic] = RingGroup;
        foreach (var value in values)
            history.Add(new Sent("w", R, value));
        return history.Then(new LookBegun(), new PositionSeen(RingGroup, R, position), new BoundsSeen(R, 0, values.Length))
            .Ends([.. values.Index().Select(v => At(R, v.Index, v.Item))]);
    }

    public static void Shows(this History history, params string[] anomalies) => Assert.Equal(anomalies, Checker.Anomalies(history));
}
