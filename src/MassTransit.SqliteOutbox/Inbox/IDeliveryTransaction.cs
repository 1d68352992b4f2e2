namespace MassTransit.SqliteOutbox;

/// <summary>What one delivery runs in: a transaction of its own, or its part of a group's. Disposed without a commit it leaves nothing.</summary>
internal interface IDeliveryTransaction : IAsyncDisposable
{
    /// <summary>Returns when everything is durable.</summary>
    Task CommitAsync();
}
