using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>
/// A member of the first ring's group: consumes tokens, produces what takes them on and keeps its positions, all in one transaction of
/// librdkafka, which adds partitions and offsets by requests of their own. Some transactions it aborts when everything is written.
/// </summary>
internal sealed class FirstDialectWorker(string name, string bootstrapServers, Topics topics, Random random, History history, Progress progress)
{
    private const int MostTokens = 3;
    private const int OneAbortIn = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Sessions _sessions = new(name, Groups.FirstRing, history);
    private readonly List<ConsumeResult<Ignore, string?>> _tokens = [];

    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var producer = Clients.TransactionalProducer(bootstrapServers, name);
            using var consumer = Clients.Member(bootstrapServers, Groups.FirstRing)
                .SetPartitionsAssignedHandler((_, assigned) => assigned.ForEach(a => _sessions.Begin(new Place(a.Topic, a.Partition))))
                // Another member may take them now; who is given the partition begins at the committed position.
                .SetPartitionsRevokedHandler((_, _) => _tokens.Clear())
                .Build();
            try
            {
                Until(stop, () => producer.InitTransactions(Patience));
                consumer.Subscribe(topics.FirstRing);
                while (!stop.IsCancellationRequested)
                {
                    Take(consumer);
                    if (_tokens.Count > 0)
                        Pass(consumer, producer, stop);
                }
            }
            catch (KafkaException e) when (!Clients.HasLostItsPosition(e))
            {
                // Fenced, no longer the owner of what was consumed, or told to stop: begin again from the committed position.
            }

            consumer.Close();
        }
    }

    private void Take(IConsumer<Ignore, string?> consumer)
    {
        _tokens.Clear();
        var most = random.Next(1, MostTokens + 1);
        while (_tokens.Count < most && consumer.Consume(_tokens.Count == 0 ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero) is { } token)
            _tokens.Add(token);
    }

    private void Pass(IConsumer<Ignore, string?> consumer, IProducer<string?, string?> producer, CancellationToken stop)
    {
        var transaction = $"{name}/{Guid.NewGuid():N}";
        // Nothing commits before it is asked to.
        var outcome = Outcome.Aborted;
        foreach (var token in _tokens)
            history.Add(new Read(name, _sessions.Of(Values.PlaceOf(token)), Values.PlaceOf(token), token.Offset, Values.Of(token), transaction));
        try
        {
            producer.BeginTransaction();
            var positions = Write(transaction, producer);
            Until(stop, () => producer.SendOffsetsToTransaction(positions, consumer.ConsumerGroupMetadata, Patience));
            if (random.Next(OneAbortIn) == 0)
            {
                producer.Flush(stop);
                Abort(consumer, producer, stop);
                return;
            }

            history.Add(new CommitAsked(transaction));
            outcome = Outcome.Unknown;
            Until(stop, () => producer.CommitTransaction(Patience));
            outcome = Outcome.Committed;
            progress.Did(Deed.FirstCommitted);
            foreach (var position in positions)
                history.Add(new PositionAcknowledged(Groups.FirstRing, new Place(position.Topic, position.Partition), position.Offset));
        }
        catch (KafkaTxnRequiresAbortException)
        {
            Abort(consumer, producer, stop);
            outcome = Outcome.Aborted;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not all of it was written yet; whoever ends the stretch aborts it.
        }
        finally
        {
            history.Add(new TransactionEnded(transaction, outcome));
        }
    }

    private List<TopicPartitionOffset> Write(string transaction, IProducer<string?, string?> producer)
    {
        foreach (var hop in _tokens.Index().SelectMany(t => Hop.Of(Values.Of(t.Item), Values.PlaceOf(t.Item), $"{transaction}/{t.Index}", topics)))
        {
            history.Add(new Sent(name, hop.Place, hop.Value, transaction, hop.Key));
            producer.Produce(
                new TopicPartition(hop.Place.Topic, hop.Place.Partition), new Message<string?, string?> { Key = hop.Key, Value = hop.Value }, r => Note(r, hop));
        }

        var positions = _tokens.GroupBy(t => t.TopicPartition).Select(g => new TopicPartitionOffset(g.Key, g.Max(t => t.Offset.Value) + 1)).ToList();
        foreach (var position in positions)
            history.Add(new PositionSent(Groups.FirstRing, new Place(position.Topic, position.Partition), position.Offset, transaction));
        return positions;
    }

    private void Abort(IConsumer<Ignore, string?> consumer, IProducer<string?, string?> producer, CancellationToken stop)
    {
        Until(stop, () => producer.AbortTransaction(Patience));
        progress.Did(Deed.FirstAborted);
        foreach (var first in _tokens.GroupBy(t => t.TopicPartition).Select(g => g.MinBy(t => t.Offset.Value)!))
        {
            _sessions.GoTo(Values.PlaceOf(first), first.Offset);
            consumer.Seek(first.TopicPartitionOffset);
        }
    }

    private void Note(DeliveryReport<string?, string?> report, Hop hop)
    {
        if (report.Error.IsError)
            return;
        history.Add(new Acknowledged(name, hop.Place, hop.Value, report.Offset));
        progress.Did(Deed.Acknowledged);
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
