using System.Collections.Concurrent;
using Confluent.Kafka;

namespace MassTransit.LogTransport.Clients;

/// <summary>What one native client was given and has not reported yet.</summary>
internal sealed class PendingDeliveries
{
    private readonly ConcurrentDictionary<PendingDelivery, byte> _pending = new();

    public void Add(PendingDelivery pending) => _pending.TryAdd(pending, 0);

    public void Remove(PendingDelivery pending) => _pending.TryRemove(pending, out _);

    public void Abandon(Error error)
    {
        foreach (var pending in _pending.Keys)
            pending.Abandon(error);
    }
}
