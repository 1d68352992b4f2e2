namespace Broker.Authorization;

/// <summary>Which entries are meant: null and Any leave a field open.</summary>
internal sealed record AclFilter(
    ResourceType ResourceType,
    string? ResourceName,
    PatternType PatternType,
    string? Principal,
    string? Host,
    AclOperation Operation,
    AclPermission Permission)
{
    /// <summary>Whether a field has the number that no client may send.</summary>
    public bool HasUnknown =>
        ResourceType == ResourceType.Unknown || PatternType == PatternType.Unknown || Operation == AclOperation.Unknown || Permission == AclPermission.Unknown;

    public bool Matches(AclBinding entry) =>
        (ResourceType == ResourceType.Any || ResourceType == entry.ResourceType)
        && MatchesPattern(entry)
        && (Principal is null || Principal == entry.Principal)
        && (Host is null || Host == entry.Host)
        && (Operation == AclOperation.Any || Operation == entry.Operation)
        && (Permission == AclPermission.Any || Permission == entry.Permission);

    private bool MatchesPattern(AclBinding entry)
    {
        if (PatternType is not (PatternType.Any or PatternType.Match) && PatternType != entry.PatternType)
            return false;
        if (ResourceName is null || ResourceName == entry.ResourceName)
            return true;
        return PatternType == PatternType.Match && (entry.PatternType == PatternType.Prefixed
            ? ResourceName.StartsWith(entry.ResourceName, StringComparison.Ordinal)
            : entry.ResourceName == AclBinding.Wildcard);
    }
}
