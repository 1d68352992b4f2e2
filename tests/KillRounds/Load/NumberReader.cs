using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>A member of a group that keeps its position after every few records, leaves after some more, and joins again.</summary>
internal sealed class NumberReader(
    string name, string group, GroupProtocol protocol, string bootstrapServers, Topics topics, Random random, History history, Progress progress)
{
    private const int PerCommit = 25;
    private const int MostPerMembership = 300;

    private readonly Sessions _sessions = new(name, group, history);
    private readonly Dictionary<Place, long> _positions = [];

    /// <param name="settle">From here on it stays.</param>
    /// <param name="stop">Ends it.</param>
    public void Run(CancellationToken settle, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var consumer = Clients.Member(bootstrapServers, group, c => c.GroupProtocol = protocol)
                .SetPartitionsAssignedHandler((_, assigned) => Begin(assigned))
                .Build();
            consumer.Subscribe(topics.Numbers);
            _positions.Clear();
            try
            {
                BeMember(consumer, random.Next(PerCommit, MostPerMembership), settle, stop);
            }
            catch (ConsumeException e) when (!e.Error.IsFatal && !Clients.HasLostItsPosition(e))
            {
                // It could not learn, in a few attempts, where the group is: another membership asks again.
            }

            consumer.Close();
        }
    }

    private void BeMember(IConsumer<Ignore, string?> consumer, int most, CancellationToken settle, CancellationToken stop)
    {
        var sinceCommit = 0;
        for (var read = 0; (read < most || settle.IsCancellationRequested) && !stop.IsCancellationRequested;)
        {
            var result = consumer.Consume(TimeSpan.FromMilliseconds(50));
            if (result is not null)
            {
                Take(result);
                read++;
                sinceCommit++;
            }

            if (sinceCommit >= PerCommit || (result is null && sinceCommit > 0))
            {
                Commit(consumer);
                sinceCommit = 0;
            }
        }
    }

    private void Take(ConsumeResult<Ignore, string?> result)
    {
        var place = Values.PlaceOf(result);
        history.Add(new Read(name, _sessions.Of(place), place, result.Offset, Values.Of(result)));
        progress.Read(group, place, result.Offset);
        _positions[place] = result.Offset + 1;
    }

    /// <summary>What is not kept of an earlier assignment is forgotten: another member may have gone on from there.</summary>
    private void Begin(List<TopicPartition> assigned)
    {
        foreach (var place in assigned.Select(a => new Place(a.Topic, a.Partition)))
        {
            _positions.Remove(place);
            _sessions.Begin(place);
        }

        if (assigned.Count > 0)
            progress.Did(protocol == GroupProtocol.Consumer ? Deed.ConsumerAssigned : Deed.ClassicAssigned);
    }

    /// <summary>Of what is still assigned. A refused commit keeps the older position, which is all that a group may rely on.</summary>
    private void Commit(IConsumer<Ignore, string?> consumer)
    {
        var mine = consumer.Assignment.Select(p => new Place(p.Topic, p.Partition)).ToHashSet();
        foreach (var gone in _positions.Keys.Where(p => !mine.Contains(p)).ToList())
            _positions.Remove(gone);
        foreach (var (place, offset) in _positions)
            history.Add(new PositionSent(group, place, offset));
        try
        {
            consumer.Commit(_positions.Select(p => new TopicPartitionOffset(p.Key.Topic, p.Key.Partition, p.Value)));
            foreach (var (place, offset) in _positions)
                history.Add(new PositionAcknowledged(group, place, offset));
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // Refused, or nobody knows: the next commit names these places again, or another member does.
        }

        _positions.Clear();
    }
}
