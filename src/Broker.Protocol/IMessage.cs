namespace Broker.Protocol;

/// <summary>
/// A structure of the protocol that reads and writes itself. All versions share one type: a field that a version does not carry
/// keeps its default on reading and is left out on writing.
/// </summary>
public interface IMessage<TSelf>
    where TSelf : IMessage<TSelf>
{
    static abstract TSelf Read(ref ProtocolReader reader, short version);

    void Write(ref ProtocolWriter writer, short version);
}

/// <summary>The body of a request.</summary>
public interface IRequest<TSelf> : IMessage<TSelf>
    where TSelf : IRequest<TSelf>
{
    static abstract ApiKey ApiKey { get; }

    /// <summary>The versions this type can read and write.</summary>
    static abstract ApiVersionRange Versions { get; }
}
