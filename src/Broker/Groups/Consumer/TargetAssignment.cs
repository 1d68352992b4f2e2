namespace Broker.Groups.Consumer;

/// <summary>Finds out anew what each member shall hold.</summary>
internal static class TargetAssignment
{
    public static void Assign(this ConsumerDraft draft)
    {
        var state = draft.State;
        var subscribers = state.Members.Values
            .Select(m => new Subscriber(m.Id, m.Metadata.InstanceId, Subscriptions.TopicIdsOf(state, m, draft.Topics), state.TargetOf(m.Id)))
            .OrderBy(s => s.InstanceId is null)
            .ThenBy(s => s.InstanceId ?? s.MemberId, StringComparer.Ordinal)
            .ToList();
        var topics = subscribers.SelectMany(s => s.TopicIds).Distinct()
            .Select(id => draft.Topics.Find(id)).OfType<TopicView>()
            .OrderBy(topic => topic.Name, StringComparer.Ordinal)
            .ToList();

        var targets = Assignor.Find(state.AssignorName(draft.Group.Settings)).Assign(subscribers, topics);
        foreach (var subscriber in subscribers)
        {
            var target = ValueSet<TopicIdPartition>.Of(targets[subscriber.MemberId]);
            if (!target.Equals(subscriber.Target) || !state.Targets.ContainsKey(subscriber.MemberId))
                draft.Add(new TargetAssignmentRecord(draft.Group.Id, subscriber.MemberId, target));
        }

        draft.Add(new TargetEpochRecord(draft.Group.Id, state.Epoch));
    }

    /// <summary>The assignor that most members prefer; of those with as many, and without any, the first of the broker's.</summary>
    public static string AssignorName(this ConsumerState state, GroupSettings settings)
    {
        var votes = state.Members.Values.Select(m => m.Metadata.Assignor).OfType<string>().CountBy(name => name, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        return settings.Assignors.MaxBy(name => votes.GetValueOrDefault(name))!;
    }
}
