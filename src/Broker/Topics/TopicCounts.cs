using Broker.Protocol;
using Broker.Storage;

namespace Broker.Topics;

/// <summary>What is counted of a topic, as Kafka's BrokerTopicMetrics are.</summary>
internal enum TopicCounter
{
    MessagesIn,
    BytesIn,
    BytesOut,
    BytesRejected,
    ProduceRequests,
    FailedProduceRequests,
    FetchRequests,
    FailedFetchRequests,
}

/// <summary>What went through a partition, or several, since the broker started. A request counts once for each of its partitions. Safe for use by any thread.</summary>
internal sealed class TopicCounts
{
    private readonly long[] _values = new long[Enum.GetValues<TopicCounter>().Length];

    public long this[TopicCounter counter] => Volatile.Read(ref _values[(int)counter]);

    public void Add(TopicCounter counter, long count) => Interlocked.Add(ref _values[(int)counter], count);

    public void Appended(in AppendResult result, int bytes)
    {
        if (result.Outcome != AppendOutcome.Appended)
            return;
        Add(TopicCounter.MessagesIn, result.LastOffset - result.BaseOffset + 1);
        Add(TopicCounter.BytesIn, bytes);
    }

    public void Produced(int bytes, ErrorCode error)
    {
        Add(TopicCounter.ProduceRequests, 1);
        if (error != ErrorCode.None)
            Add(TopicCounter.FailedProduceRequests, 1);
        if (error is ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge)
            Add(TopicCounter.BytesRejected, bytes);
    }

    public void Fetched(int bytes, ErrorCode error)
    {
        Add(TopicCounter.FetchRequests, 1);
        if (error != ErrorCode.None)
            Add(TopicCounter.FailedFetchRequests, 1);
        Add(TopicCounter.BytesOut, bytes);
    }

    /// <summary>These and those of partitions that are gone.</summary>
    public TopicCounts Plus(IEnumerable<TopicCounts> others)
    {
        var sum = new TopicCounts();
        foreach (var counts in others.Append(this))
        {
            foreach (var counter in Enum.GetValues<TopicCounter>())
                sum.Add(counter, counts[counter]);
        }

        return sum;
    }
}
