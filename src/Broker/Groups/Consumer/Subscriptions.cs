namespace Broker.Groups.Consumer;

/// <summary>What the members want, held against the topics there are.</summary>
internal static class Subscriptions
{
    /// <summary>
    /// Looks at the topics again: regular expressions nobody has any more go, new ones are resolved, and, when topics have changed since
    /// the group last looked, the others as well.
    /// </summary>
    public static void ResolveRegexes(this ConsumerDraft draft, bool topicsHaveChanged)
    {
        var used = draft.State.Members.Values.Where(m => m.Metadata.HasRegex).Select(m => m.Metadata.TopicRegex!).ToHashSet(StringComparer.Ordinal);
        foreach (var unused in draft.State.Regexes.Keys.Where(regex => !used.Contains(regex)))
            draft.Add(new RegexRecord(draft.Group.Id, unused, null));

        foreach (var regex in used)
        {
            var before = draft.State.Regexes.GetValueOrDefault(regex);
            if (before is not null && !topicsHaveChanged)
                continue;

            // What is stored was understood once, and stays as it is should a later version of the broker not understand it.
            if (!NamePattern.TryParse(regex, out var pattern, out _))
                continue;

            var topics = ValueSet<string>.Of(draft.Topics.Names.Where(name => pattern.Matches(name) && draft.MaySee?.Invoke(name) != false));
            if (!topics.Equals(before?.Topics))
                draft.Add(new RegexRecord(draft.Group.Id, regex, new ResolvedRegex(topics, (before?.Version ?? 0) + 1, draft.Decision.TimestampMs)));
        }
    }

    /// <summary>Whether the topics that the members want are not those that the epoch was raised for.</summary>
    public static bool HaveChanged(this ConsumerDraft draft) => Hash(draft.State, draft.Topics) != draft.State.MetadataHash;

    /// <summary>Of the topics that members want and that exist: their names, ids and partitions (FNV-1a; 0 when there are none).</summary>
    public static long Hash(ConsumerState state, ITopicsView topics)
    {
        const ulong Basis = 14695981039346656037, Prime = 1099511628211;
        var hash = 0UL;
        Span<byte> id = stackalloc byte[16];
        foreach (var name in state.Members.Values.SelectMany(state.TopicNamesOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (topics.Find(name) is not { } topic)
                continue;

            hash = hash == 0 ? Basis : hash;
            topic.Id.TryWriteBytes(id);
            foreach (var b in id)
                hash = unchecked((hash ^ b) * Prime);
            foreach (var c in topic.Name)
                hash = unchecked((hash ^ c) * Prime);
            hash = unchecked((hash ^ (uint)topic.Partitions) * Prime);
        }

        return unchecked((long)hash);
    }

    /// <summary>Ids of the topics that exist among those a member wants.</summary>
    public static HashSet<Guid> TopicIdsOf(ConsumerState state, ConsumerMember member, ITopicsView topics)
    {
        var ids = new HashSet<Guid>();
        foreach (var name in state.TopicNamesOf(member))
        {
            if (topics.Find(name) is { } topic)
                ids.Add(topic.Id);
        }

        return ids;
    }
}
