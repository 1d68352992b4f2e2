namespace Broker.Authorization;

/// <summary>What an access control entry may look like. Names and hosts are not looked at: an entry may come before what it protects.</summary>
internal static class Acls
{
    public const string NoAuthorizer = "No authorizer is configured: see authorizer.class.name.";

    /// <summary>Says what is wrong with a new entry, or null when it may be kept.</summary>
    public static string? Check(AclBinding entry) =>
        !Enum.IsDefined(entry.ResourceType) || entry.ResourceType == ResourceType.Any ? "Invalid resource type."
        : entry.PatternType is not (PatternType.Literal or PatternType.Prefixed) ? "Invalid pattern type."
        : !Enum.IsDefined(entry.Operation) || entry.Operation == AclOperation.Any ? "Invalid operation."
        : entry.Permission is not (AclPermission.Allow or AclPermission.Deny) ? "Invalid permission type."
        : entry.ResourceName.Length == 0 ? "A resource's name cannot be empty."
        : entry is { ResourceType: ResourceType.Cluster, ResourceName: not AclBinding.ClusterName } ? $"The only cluster is {AclBinding.ClusterName}."
        : !entry.Principal.Contains(':', StringComparison.Ordinal) ? $"\"{entry.Principal}\" is no principal: User:name is one."
        : null;
}
