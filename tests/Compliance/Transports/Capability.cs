namespace Compliance.Transports;

/// <summary>What some behaviours need, and not every transport has.</summary>
public enum Capability
{
    /// <summary>Several buses, as of several processes or of one that was started again, meet on one broker.</summary>
    SharedBroker,

    /// <summary>What is sent to an endpoint that has never been there waits for it.</summary>
    EarlyMessages,

    /// <summary>A send to the address that a type is published to goes where a publish goes, to the endpoints of its base types too.</summary>
    FanOutOfSends,

    /// <summary>Messages wait until they are due.</summary>
    Scheduling,

    /// <summary>A message that waits can be cancelled.</summary>
    Cancelling,

    /// <summary>A message that is older than it may live is not delivered.</summary>
    TimeToLive,

    /// <summary>Messages of one key are handled in the order in which they were sent, whatever their types.</summary>
    KeyOrder,

    /// <summary>A new endpoint reads what was published before it.</summary>
    Replay,

    /// <summary>An endpoint leaves out what waits for it when it starts.</summary>
    Purge,

    /// <summary>A message that an endpoint throws for, instead of moving it, ends in its error queue.</summary>
    ThrownIsMoved,

    /// <summary>Addresses of the form <c>topic:name</c>.</summary>
    TopicAddress,
}
