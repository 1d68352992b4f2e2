namespace Broker.Connections;

/// <summary>Why a connection ended; goes into the log and the metrics.</summary>
internal enum CloseReason
{
    ClientClosed,
    ConnectionLost,
    BrokerStops,
    Idle,
    RequestStalled,
    TooManyConnections,
    MalformedFrame,
    UnknownApi,
    UnsupportedVersion,
    ProduceWithoutAcksFailed,
    HandlerFailed,
    ClosedByTest,
    TlsFailed,
    NotAuthenticated,
    NotAuthenticatedInTime,
    TooManyHalfOpen,
    AuthenticationFailed,
    SessionExpired,
}
