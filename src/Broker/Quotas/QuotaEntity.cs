namespace Broker.Quotas;

/// <summary>A name in a quota's entity; null is the default, which is for every name that has none of its own.</summary>
internal readonly record struct EntityName(string? Name)
{
    public static EntityName Default => new(null);
}

/// <summary>Whom a quota is for: a user, a client id, both together, or an address. What is not part of it is null.</summary>
internal sealed record QuotaEntity(EntityName? User, EntityName? ClientId, EntityName? Ip)
{
    public const string UserType = "user";
    public const string ClientIdType = "client-id";
    public const string IpType = "ip";

    /// <summary>Its parts as the protocol names them.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Parts
    {
        get
        {
            if (User is { } user)
                yield return new(UserType, user.Name);
            if (ClientId is { } clientId)
                yield return new(ClientIdType, clientId.Name);
            if (Ip is { } ip)
                yield return new(IpType, ip.Name);
        }
    }

    public bool Allows(QuotaKey key) => (key == QuotaKey.ConnectionCreationRate) == (Ip is not null);

    public static QuotaEntity ForUser(string? name) => new(new EntityName(name), null, null);

    public static QuotaEntity ForClientId(string? name) => new(null, new EntityName(name), null);

    public static QuotaEntity For(string? user, string? clientId) => new(new EntityName(user), new EntityName(clientId), null);

    public static QuotaEntity ForIp(string? name) => new(null, null, new EntityName(name));

    public override string ToString() => string.Join(", ", Parts.Select(p => $"{p.Key} {p.Value ?? "<default>"}"));
}
