namespace Broker.Protocol;

/// <summary>
/// A structure whose object serves one message after another, so that a broker in its stride makes no new ones. Only what the messages
/// that carry records are made of; all others are new with each message.
/// </summary>
public interface IReused
{
    /// <summary>Objects it keeps, itself included: by this a pool is bounded.</summary>
    int Weight { get; }

    /// <summary>As new, and without anything of the last message; its lists keep the objects of their elements, reset as well.</summary>
    void Reset();
}

/// <summary>One that is also read.</summary>
public interface IReusedMessage<TSelf> : IMessage<TSelf>, IReused
    where TSelf : IReusedMessage<TSelf>
{
    /// <summary>As <see cref="IMessage{TSelf}.Read"/>, into this object, which must be new or reset.</summary>
    void ReadAgain(ref ProtocolReader reader, short version);
}
