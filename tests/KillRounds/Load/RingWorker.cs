using Confluent.Kafka;
using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>Consumes a token, produces it to the next partition and keeps its position, all in one transaction.</summary>
internal sealed class RingWorker(string name, string bootstrapServers, int partitions, History history, Progress progress)
{
    public const string Group = "ring-workers";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string _session = "";
    private int _transactions;

    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var producer = Producer(name, bootstrapServers);
            using var consumer = Clients.Consumer(bootstrapServers, Group)
                .SetPartitionsAssignedHandler((_, assigned) => Begin(assigned))
                .Build();
            Until(stop, () => producer.InitTransactions(Patience));
            consumer.Subscribe(Ring.Topic);
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } token)
                        Pass(token, consumer, producer, stop);
                }
            }
            catch (KafkaException)
            {
                // Fenced, or no longer the owner of what was consumed: begin again from the committed position.
            }

            consumer.Close();
        }
    }

    /// <summary>Also ends what an earlier producer of that name left open.</summary>
    public static IProducer<Null, string> Producer(string name, string bootstrapServers) =>
        Clients.Producer(bootstrapServers, c =>
        {
            c.TransactionalId = name;
            c.TransactionTimeoutMs = 10_000;
        });

    private void Pass(ConsumeResult<Ignore, string> token, IConsumer<Ignore, string> consumer, IProducer<Null, string> producer, CancellationToken stop)
    {
        var transaction = $"{name}/{Guid.NewGuid():N}/{_transactions++}";
        var from = new Place(token.Topic, token.Partition);
        var to = new Place(token.Topic, (token.Partition + 1) % partitions);
        var (number, hop) = Ring.Parse(token.Message.Value);
        var value = Ring.Value(number, hop + 1, transaction);
        var outcome = Outcome.Unknown;
        history.Add(new Read(name, _session, from, token.Offset, token.Message.Value, transaction));
        producer.BeginTransaction();
        try
        {
            history.Add(new Sent(name, to, value, transaction));
            history.Add(new CommitSent(Group, from, token.Offset + 1));
            producer.Produce(new TopicPartition(to.Topic, to.Partition), new Message<Null, string> { Value = value }, r => Note(r, to, value));
            var positions = new[] { new TopicPartitionOffset(token.TopicPartition, token.Offset + 1) };
            Until(stop, () => producer.SendOffsetsToTransaction(positions, consumer.ConsumerGroupMetadata, Patience));
            Until(stop, () => producer.CommitTransaction(Patience));
            outcome = Outcome.Committed;
            progress.Hopped();
            history.Add(new CommitAcknowledged(Group, from, token.Offset + 1));
        }
        catch (KafkaTxnRequiresAbortException)
        {
            Until(stop, () => producer.AbortTransaction(Patience));
            outcome = Outcome.Aborted;
            _session = $"{name}/{Guid.NewGuid():N}";
            consumer.Seek(token.TopicPartitionOffset);
        }
        finally
        {
            history.Add(new TransactionEnded(transaction, outcome));
        }
    }

    private void Note(DeliveryReport<Null, string> report, Place place, string value)
    {
        if (report.Error.IsError)
            return;
        history.Add(new Acknowledged(name, place, value, report.Offset));
    }

    private void Begin(List<TopicPartition> assigned)
    {
        _session = $"{name}/{Guid.NewGuid():N}";
        foreach (var partition in assigned)
            history.Add(new Assigned(name, _session, new Place(partition.Topic, partition.Partition)));
    }

    /// <summary>The client asks for a call to be repeated when its time ran out before the broker was back.</summary>
    private static void Until(CancellationToken stop, Action call)
    {
        while (true)
        {
            try
            {
                call();
                return;
            }
            catch (KafkaRetriableException) when (!stop.IsCancellationRequested)
            {
            }
        }
    }
}
