using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>A member of a group that keeps its position after every few records.</summary>
internal sealed class NumberReader(string name, string bootstrapServers, History history, Progress progress)
{
    public const string Group = "number-readers";
    private const int PerCommit = 25;

    private string _session = "";

    public void Run(CancellationToken stop)
    {
        using var consumer = Clients.Consumer(bootstrapServers, Group)
            .SetPartitionsAssignedHandler((_, assigned) => Begin(assigned))
            .Build();
        consumer.Subscribe(NumberWriter.Topic);
        var positions = new Dictionary<Place, long>();
        var sinceCommit = 0;
        while (!stop.IsCancellationRequested)
        {
            var result = consumer.Consume(TimeSpan.FromMilliseconds(50));
            if (result is not null)
            {
                var place = new Place(result.Topic, result.Partition);
                history.Add(new Read(name, _session, place, result.Offset, result.Message.Value));
                progress.Read(place, result.Offset);
                positions[place] = result.Offset + 1;
                sinceCommit++;
            }

            if (sinceCommit >= PerCommit || (result is null && sinceCommit > 0))
            {
                Commit(consumer, positions);
                sinceCommit = 0;
            }
        }

        consumer.Close();
    }

    private void Begin(List<TopicPartition> assigned)
    {
        _session = $"{name}/{Guid.NewGuid():N}";
        foreach (var partition in assigned)
            history.Add(new Assigned(name, _session, new Place(partition.Topic, partition.Partition)));
    }

    /// <summary>Of what is still assigned. A refused commit keeps the older position, which is all that a group may rely on.</summary>
    private void Commit(IConsumer<Ignore, string> consumer, Dictionary<Place, long> positions)
    {
        var mine = consumer.Assignment.Select(p => new Place(p.Topic, p.Partition)).ToHashSet();
        foreach (var gone in positions.Keys.Where(p => !mine.Contains(p)).ToList())
            positions.Remove(gone);
        foreach (var (place, offset) in positions)
            history.Add(new CommitSent(Group, place, offset));
        try
        {
            consumer.Commit(positions.Select(p => new TopicPartitionOffset(p.Key.Topic, p.Key.Partition, p.Value)));
            foreach (var (place, offset) in positions)
                history.Add(new CommitAcknowledged(Group, place, offset));
            positions.Clear();
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            positions.Clear();
        }
    }
}
