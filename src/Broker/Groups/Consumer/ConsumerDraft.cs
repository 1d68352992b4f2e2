namespace Broker.Groups.Consumer;

/// <summary>
/// A decision about a group of the consumer protocol in the making: each record it adds shows at once in <see cref="State"/>, while
/// the group itself stays as it is until the records are appended. Lives as long as the decision.
/// </summary>
internal sealed class ConsumerDraft(Group group, Decision decision)
{
    public ConsumerState State { get; private set; } = group.Consumer?.State ?? ConsumerState.New;

    public Group Group { get; } = group;

    public Decision Decision { get; } = decision;

    public ITopicsView Topics => Group.Topics;

    /// <summary>Which topics whoever asks may know of; a regular expression matches no others. Null for all.</summary>
    public Func<string, bool>? MaySee { get; set; }

    public void Add(ConsumerRecord record)
    {
        Decision.Records.Add(record);
        State = State.Apply(record);
    }

    public void AddRange(IEnumerable<ConsumerRecord> records)
    {
        foreach (var record in records)
            Add(record);
    }

    /// <summary>Ends a member and what it held.</summary>
    public void Remove(string memberId) => AddRange(ConsumerState.TombstonesOf(Group.Id, memberId));

    /// <summary>A new target has to be found.</summary>
    public void RaiseEpoch() => Add(new GroupEpochRecord(Group.Id, new GroupEpoch(State.Epoch + 1, Subscriptions.Hash(State, Topics))));
}
