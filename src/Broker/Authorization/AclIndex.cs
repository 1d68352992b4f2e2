namespace Broker.Authorization;

/// <summary>
/// All entries at one moment, found by the resources they hold for. Immutable. Kafka's rule: an entry that denies wins over any
/// number that allow, whatever their patterns; a resource that only others have entries for is denied; one without any entry is
/// left to the caller.
/// </summary>
internal sealed class AclIndex
{
    private readonly Dictionary<ResourceType, OfType> _types;

    public AclIndex(IEnumerable<AclBinding> entries)
    {
        All = [.. entries];
        _types = All.GroupBy(e => e.ResourceType).ToDictionary(g => g.Key, g => new OfType(g));
    }

    public IReadOnlyList<AclBinding> All { get; }

    /// <summary>The entry that decides. Null with <paramref name="hasEntries"/> false: nothing is said about this resource.</summary>
    public AclBinding? Find(string principal, string host, AclOperation operation, ResourceType type, string name, out bool hasEntries)
    {
        AclBinding? allowing = null;
        hasEntries = false;
        if (!_types.TryGetValue(type, out var entries))
            return null;

        foreach (var entry in entries.For(name))
        {
            hasEntries = true;
            if (!entry.Concerns(principal, host, operation))
                continue;
            if (entry.Permission == AclPermission.Deny)
                return entry;
            allowing ??= entry;
        }

        return allowing;
    }

    /// <summary>
    /// Whether some resource of the type could exist that this client may do this to, as Kafka reckons it: an allowed name or
    /// prefix that no denied name or prefix covers.
    /// </summary>
    public bool AllowsSome(string principal, string host, AclOperation operation, ResourceType type)
    {
        var said = All.Where(e => e.ResourceType == type && e.Concerns(principal, host, operation)).ToLookup(e => e.Permission);
        var denied = said[AclPermission.Deny].ToList();
        return !denied.Exists(IsWildcard) && said[AclPermission.Allow].Any(allow => IsWildcard(allow) || !denied.Exists(deny => Covers(deny, allow)));
    }

    private static bool IsWildcard(AclBinding entry) => entry is { PatternType: PatternType.Literal, ResourceName: AclBinding.Wildcard };

    private static bool Covers(AclBinding deny, AclBinding allow) => deny.PatternType == PatternType.Prefixed
        ? allow.ResourceName.StartsWith(deny.ResourceName, StringComparison.Ordinal)
        : allow.PatternType == PatternType.Literal && allow.ResourceName == deny.ResourceName;

    private sealed class OfType
    {
        private readonly ILookup<string, AclBinding> _literals;
        private readonly ILookup<string, AclBinding> _prefixes;
        private readonly int[] _prefixLengths;

        public OfType(IEnumerable<AclBinding> entries)
        {
            var byPattern = entries.ToLookup(e => e.PatternType);
            _literals = byPattern[PatternType.Literal].ToLookup(e => e.ResourceName, StringComparer.Ordinal);
            _prefixes = byPattern[PatternType.Prefixed].ToLookup(e => e.ResourceName, StringComparer.Ordinal);
            _prefixLengths = [.. _prefixes.Select(p => p.Key.Length).Distinct().Order()];
        }

        public IEnumerable<AclBinding> For(string name)
        {
            foreach (var entry in _literals[name])
                yield return entry;

            foreach (var length in _prefixLengths)
            {
                if (length > name.Length)
                    break;
                foreach (var entry in _prefixes[name[..length]])
                    yield return entry;
            }

            if (name == AclBinding.Wildcard)
                yield break;
            foreach (var entry in _literals[AclBinding.Wildcard])
                yield return entry;
        }
    }
}
