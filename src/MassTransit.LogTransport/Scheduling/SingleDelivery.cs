using MassTransit.LogTransport.Clients;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// Delivers each message by itself and, when the broker has acknowledged it, takes it off the schedule. An owner that dies in between leaves it to the next one to deliver it
/// again, with the same message id. One that cannot be delivered holds nobody else up.
/// </summary>
internal sealed class SingleDelivery(RecordProducer producer) :
    IDueDelivery
{
    private const int MostAtOnce = 1000;
    private readonly SemaphoreSlim _room = new(MostAtOnce, MostAtOnce);

    public async Task Deliver(SchedulePartition partition, IReadOnlyList<PendingMessage> due, CancellationToken stopping)
    {
        foreach (var message in due)
        {
            await _room.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (stopping.IsCancellationRequested)
                partition.Messages.PutBack(message);
            else
                _ = Deliver(partition, message);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Its end is waited for by the partition, which is told of it in any case.
    private async Task Deliver(SchedulePartition partition, PendingMessage message)
    {
        try
        {
            if (!message.IsDelivered)
            {
                var (record, topics) = ScheduleRecords.Unwrap(message.Record!);

                await Task.WhenAll(topics.Select(x => producer.Produce(x, record, CancellationToken.None))).ConfigureAwait(false);
                message.IsDelivered = true;
            }

            await producer.Produce(partition.Partition, ScheduleRecords.Delivered(message.Token, message.Offset), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _room.Release();
            await partition.Failed(message, exception).ConfigureAwait(false);
            return;
        }

        _room.Release();
        partition.Delivered(message);
    }
}
