namespace Broker.Groups.Consumer;

/// <summary>What is kept of a member that takes part by the classic protocol. Immutable.</summary>
internal sealed record ClassicMember(int SessionTimeoutMs, IReadOnlyList<MemberProtocol> Protocols)
{
    /// <summary>The one it likes best, which is also the one it is answered by.</summary>
    public MemberProtocol Preferred => Protocols[0];

    public bool Equals(ClassicMember? other) =>
        other is not null
        && SessionTimeoutMs == other.SessionTimeoutMs
        && Protocols.Count == other.Protocols.Count
        && Protocols.Zip(other.Protocols).All(p => p.First.Name == p.Second.Name && p.First.Metadata.AsSpan().SequenceEqual(p.Second.Metadata));

    public override int GetHashCode() => HashCode.Combine(SessionTimeoutMs, Protocols.Count);
}
