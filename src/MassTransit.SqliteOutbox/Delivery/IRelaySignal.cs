namespace MassTransit.SqliteOutbox;

/// <summary>What an interceptor sees of the signal of whichever context it serves.</summary>
internal interface IRelaySignal
{
    void Raise();
}
