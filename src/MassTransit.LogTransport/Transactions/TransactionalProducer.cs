using System.Collections.Concurrent;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Transactions;

/// <summary>
/// The producer of one endpoint's transactions; one is written at a time, on a thread that may block. The group vouches for the partitions: a process that was replaced without noticing
/// cannot commit. A call that goes on where it was is made again while the broker does not answer, until <paramref name="hasGivenUp" />.
/// </summary>
internal sealed class TransactionalProducer(LogHostConfiguration hostConfiguration, string group, TimeSpan timeout, Func<IConsumerGroupMetadata?> membership, Func<bool> hasGivenUp)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OffsetsLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan InitLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QueueFullLimit = TimeSpan.FromMilliseconds(100);
    private IProducer<byte[]?, byte[]?>? _producer;

    /// <summary>False for an error of the group, which says that the partitions are being given to others.</summary>
    public static bool IsTrouble(Exception? reason)
    {
        return reason is not KafkaException { Error.Code: ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId };
    }

    public void Open() => _producer ??= Create();

    public TransactionResult Write(TransactionBatch batch)
    {
        var failures = new ConcurrentQueue<RefusedOutput>();

        try
        {
            var producer = _producer ??= Create();

            producer.BeginTransaction();

            foreach (var output in batch.Outputs)
                Produce(producer, output, failures);

            // Offsets that are refused abort the transaction, and what the client has numbered and not sent by then costs it a second abort.
            producer.Flush(OffsetsLimit);

            // Asked for before it is looked whose the partitions are: had they been taken away in between, the group would not know this membership any more.
            var member = membership();

            if (member == null || !batch.IsOurs)
                return Abort(new KafkaException(new Error(ErrorCode.UnknownMemberId, "the partitions were taken away")), batch, failures);

            try
            {
                producer.SendOffsetsToTransaction(batch.Offsets, member, OffsetsLimit);
            }
            catch (KafkaRetriableException exception)
            {
                // Not made again: the client may wait without end for the answer to a second call, and aborting costs no more.
                return Abort(exception, batch, failures);
            }

            Call(() => producer.CommitTransaction(CallLimit));

            return new TransactionResult(TransactionOutcome.Committed);
        }
        catch (KafkaTxnRequiresAbortException exception)
        {
            return Abort(exception, batch, failures);
        }
        catch (KafkaException exception)
        {
            Forget();
            return new TransactionResult(TransactionOutcome.Lost, exception);
        }
    }

    public void Forget()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private static void Produce(IProducer<byte[]?, byte[]?> producer, RecordOutput output, ConcurrentQueue<RefusedOutput> failures)
    {
        for (; ; )
        {
            try
            {
                producer.Produce(output.Topic, output.Record, report => Add(report.Error));
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(QueueFullLimit);
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (IsRefusal(exception.Error))
            {
                Add(exception.Error);
                throw new KafkaTxnRequiresAbortException(exception.Error);
            }
        }

        void Add(Error error)
        {
            if (IsRefusal(error))
                failures.Enqueue(new RefusedOutput(output, error));
        }
    }

    /// <summary>True for what a broker says of a record, not of the producer or the transaction.</summary>
    private static bool IsRefusal(Error error)
    {
        return error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord or ErrorCode.InvalidMsg or ErrorCode.InvalidTimestamp
            or ErrorCode.UnsupportedForMessageFormat or ErrorCode.PolicyViolation or ErrorCode.TopicAuthorizationFailed or ErrorCode.TopicException
            or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition;
    }

    private TransactionResult Abort(KafkaException reason, TransactionBatch batch, ConcurrentQueue<RefusedOutput> failures)
    {
        try
        {
            Call(() => _producer!.AbortTransaction(CallLimit));
        }
        catch (KafkaException exception)
        {
            // A new producer under the same id ends what this one leaves open.
            LogContext.Debug?.Log("{Group}: a transaction could not be aborted, so its producer is made anew: {Reason}", group, exception.Message);
            Forget();
        }

        // Of a topic that may not be written to the client does not tell which it is.
        var refused = failures.IsEmpty && IsRefusal(reason.Error) ? batch.Outputs.Select(x => new RefusedOutput(x, reason.Error)) : failures;

        return new TransactionResult(TransactionOutcome.Aborted, reason) { Refused = [.. refused] };
    }

    private IProducer<byte[]?, byte[]?> Create()
    {
        var settings = hostConfiguration.Settings;
        var config = ClientConfiguration.TransactionalProducer(settings, $"{group}-{settings.Application}-{settings.Instance}", timeout);
        var producer = new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetKeySerializer(Serializers.ByteArray!)
            .SetValueSerializer(Serializers.ByteArray!)
            .SetLogHandler((_, message) => ClientLog.Write(hostConfiguration.LogContext, message))
            .SetErrorHandler((_, error) => hostConfiguration.Connection.Monitor.OnError(error))
            .Build();

        try
        {
            // Which may have to wait for the end of what an earlier producer left open.
            producer.InitTransactions(InitLimit);
            return producer;
        }
        catch (KafkaException)
        {
            producer.Dispose();
            throw;
        }
    }

    private void Call(Action call)
    {
        for (; ; )
        {
            try
            {
                call();
                return;
            }
            catch (KafkaRetriableException) when (!hasGivenUp())
            {
                // Not known to have happened; the client goes on where it was.
            }
        }
    }
}
