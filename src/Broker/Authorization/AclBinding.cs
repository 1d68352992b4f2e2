namespace Broker.Authorization;

/// <summary>
/// One access control entry: who (<c>User:*</c> is everybody) from where (an address, or <c>*</c>) may or may not do what to which
/// resources. A literal <c>*</c> stands for every resource of the type.
/// </summary>
internal sealed record AclBinding(
    ResourceType ResourceType,
    string ResourceName,
    PatternType PatternType,
    string Principal,
    string Host,
    AclOperation Operation,
    AclPermission Permission)
{
    public const string Wildcard = "*";
    public const string AnyPrincipal = "User:*";

    /// <summary>The one resource of type cluster.</summary>
    public const string ClusterName = "kafka-cluster";

    /// <summary>Whether the entry speaks of this client and this operation, whatever the resource.</summary>
    public bool Concerns(string principal, string host, AclOperation operation) =>
        (Principal == principal || Principal == AnyPrincipal)
        && (Host == host || Host == Wildcard)
        && (Permission == AclPermission.Allow ? Operation.Implies(operation) : Operation == operation || Operation == AclOperation.All);

    public override string ToString() => $"{Permission} {Principal} from {Host} to {Operation} {ResourceType} {PatternType} {ResourceName}";
}
