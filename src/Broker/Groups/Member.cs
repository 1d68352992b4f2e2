using Broker.Protocol.Messages;

namespace Broker.Groups;

/// <summary>A protocol that a member offers, with what it says of itself in it (for consumers: the topics it wants).</summary>
internal readonly record struct MemberProtocol(string Name, byte[] Metadata);

/// <summary>
/// A live member: what it said when it joined, when it has to be heard of again, and its requests that wait for an answer.
/// Its assignment is not here but in the group's <see cref="Group.Stored"/> generation. Touched under the group's lock only.
/// </summary>
internal sealed class Member(string id, string? instanceId, string clientId, string clientHost)
{
    public string Id { get; } = id;

    /// <summary>The name a static member keeps over restarts; null for a dynamic member.</summary>
    public string? InstanceId { get; } = instanceId;

    public string ClientId { get; } = clientId;

    public string ClientHost { get; } = clientHost;

    public int RebalanceTimeoutMs { get; set; }

    public int SessionTimeoutMs { get; set; }

    /// <summary>In the member's order of preference; changed by its <see cref="Roster"/> once it is in one.</summary>
    public IReadOnlyList<MemberProtocol> Protocols { get; set; } = [];

    public long MetadataBytes => SizeOf(Protocols);

    /// <summary>Has not had its first answer yet, so that it cannot send heartbeats.</summary>
    public bool IsNew { get; set; }

    /// <summary>When it has failed unless heard of before, on the coordinator's clock.</summary>
    public TimeSpan Deadline { get; set; }

    public Reply<JoinGroupResponse>? Joining { get; set; }

    public Reply<SyncGroupResponse>? Syncing { get; set; }

    /// <summary>Was told of the generation and has not asked for its assignment yet.</summary>
    public bool OwesSync { get; set; }

    /// <summary>A member with a request waiting cannot send heartbeats; a new one is still held to its deadline.</summary>
    public bool IsExcusedFromHeartbeats => !IsNew && (Joining is not null || Syncing is not null);

    public byte[] Metadata(string? protocol)
    {
        foreach (var offered in Protocols)
        {
            if (offered.Name == protocol)
                return offered.Metadata;
        }

        return [];
    }

    public bool Offers(string protocol) => Protocols.Any(p => p.Name == protocol);

    public static long SizeOf(IEnumerable<MemberProtocol> protocols) => protocols.Sum(p => (long)p.Name.Length + p.Metadata.Length);

    public bool Offers(IReadOnlyList<MemberProtocol> protocols) =>
        Protocols.Count == protocols.Count
        && Protocols.Zip(protocols).All(p => p.First.Name == p.Second.Name && p.First.Metadata.AsSpan().SequenceEqual(p.Second.Metadata));
}
