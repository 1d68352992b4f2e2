using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>How one delivery of a record ended. A fault is never a completion: the record is delivered again.</summary>
internal sealed class RecordSettlement(TopicPartitionOffset record, CancellationToken abandoned) :
    ReceiveLockContext
{
    private volatile bool _isComplete;

    public bool IsComplete => _isComplete;
    public Exception? Fault { get; private set; }

    public Task Complete()
    {
        _isComplete = true;
        return Task.CompletedTask;
    }

    public Task Faulted(Exception exception)
    {
        Fault = exception;
        return Task.CompletedTask;
    }

    /// <summary>MassTransit asks this first of all within the span of the delivery, so that here it can be told where the record is.</summary>
    public Task ValidateLockStatus()
    {
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            activity.SetTag("messaging.destination.partition.id", record.Partition.Value.ToString(CultureInfo.InvariantCulture));
            activity.SetTag("messaging.kafka.offset", record.Offset.Value);
        }

        return abandoned.IsCancellationRequested ? Task.FromCanceled(abandoned) : Task.CompletedTask;
    }
}
