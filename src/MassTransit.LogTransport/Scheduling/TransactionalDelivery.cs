using System.Collections.Concurrent;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// Delivers messages and takes them off the schedule in one transaction, in which the group vouches for this process' ownership: an owner that was replaced without
/// noticing cannot commit. One transaction at a time, on a thread of its own, since the client's calls block. A producer that cannot abort is made anew, which ends what it left open.
/// </summary>
internal sealed class TransactionalDelivery(LogHostConfiguration hostConfiguration, TopicDeployer topics, Func<IConsumerGroupMetadata> group) :
    IDueDelivery
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IProducer<byte[]?, byte[]?>? _producer;

    public async Task Deliver(SchedulePartition partition, IReadOnlyList<PendingMessage> due, CancellationToken stopping)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var failures = new ConcurrentDictionary<PendingMessage, Exception>();

            // Nothing in a transaction may wait for a topic to be made.
            foreach (var message in due)
                await Prepare(message, failures).ConfigureAwait(false);

            var ready = due.Where(x => !failures.ContainsKey(x)).ToArray();
            var isCommitted = ready.Length > 0 && await BrokerClient.OnThread(() => Transact(partition, ready, failures)).ConfigureAwait(false);

            foreach (var message in due)
            {
                if (failures.TryGetValue(message, out var failure))
                    _ = partition.Failed(message, failure);
                else if (isCommitted)
                    partition.Delivered(message);
                else
                    partition.Messages.PutBack(message);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        await BrokerClient.OnThread(Forget).ConfigureAwait(false);
    }

    private async Task Prepare(PendingMessage message, ConcurrentDictionary<PendingMessage, Exception> failures)
    {
        try
        {
            await topics.Deploy(ScheduleRecords.Unwrap(message.Record!).Topics, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failures[message] = exception;
        }
    }

    /// <summary>False when it was not committed, or nobody knows: what it took off the schedule is read before anything is tried again.</summary>
    private bool Transact(SchedulePartition partition, PendingMessage[] messages, ConcurrentDictionary<PendingMessage, Exception> failures)
    {
        try
        {
            var producer = _producer ??= Create();

            producer.BeginTransaction();

            foreach (var message in messages)
                Produce(producer, partition.Partition, message, error => failures.TryAdd(message, new KafkaException(error)));

            producer.Flush(Limit);

            if (messages.Any(failures.ContainsKey))
            {
                Abort();
                return false;
            }

            producer.SendOffsetsToTransaction([new TopicPartitionOffset(partition.Partition, partition.Messages.Position)], group(), Limit);
            producer.CommitTransaction(Limit);

            return true;
        }
        catch (Exception exception)
        {
            Abort();

            if (!messages.Any(failures.ContainsKey))
            {
                foreach (var message in messages)
                    failures[message] = exception;
            }

            return false;
        }
    }

    private static void Produce(IProducer<byte[]?, byte[]?> producer, TopicPartition partition, PendingMessage message, Action<Error> refused)
    {
        var (record, topics) = ScheduleRecords.Unwrap(message.Record!);

        foreach (var topic in topics)
            producer.Produce(topic, record, Report);

        producer.Produce(partition, ScheduleRecords.Delivered(message.Token, message.Offset), Report);

        void Report(DeliveryReport<byte[]?, byte[]?> report)
        {
            // What is purged fails because another record of the transaction did.
            if (report.Error.IsError && report.Error.Code is not (ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight))
                refused(report.Error);
        }
    }

    private IProducer<byte[]?, byte[]?> Create()
    {
        var settings = hostConfiguration.Settings;
        var config = ClientConfiguration.TransactionalProducer(settings, $"{settings.ScheduleTopic}-{settings.Application}-{settings.Instance}", Limit);
        var producer = new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetKeySerializer(Serializers.ByteArray!)
            .SetValueSerializer(Serializers.ByteArray!)
            .SetLogHandler((_, message) => ClientLog.Write(hostConfiguration.LogContext, message))
            .Build();

        try
        {
            producer.InitTransactions(Limit);
            return producer;
        }
        catch (KafkaException)
        {
            producer.Dispose();
            throw;
        }
    }

    /// <summary>What is left open is in the way of everybody who reads the same partitions.</summary>
    private void Abort()
    {
        try
        {
            _producer?.AbortTransaction(Limit);
        }
        catch (KafkaException exception)
        {
            LogContext.Debug?.Log("A transaction could not be aborted, so its producer is made anew: {Reason}", exception.Error.Reason);
            Forget();
        }
    }

    private void Forget()
    {
        _producer?.Dispose();
        _producer = null;
    }
}
