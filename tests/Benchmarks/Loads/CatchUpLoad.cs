using System.Buffers.Binary;
using Benchmarks.Brokers;
using Confluent.Kafka;

namespace Benchmarks.Loads;

/// <summary>A consumer reads a topic from its beginning to its end. Every number must come once.</summary>
internal static class CatchUpLoad
{
    public static Throughput Run(BrokerUnderTest broker, string topic, int partitions, int count)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "catch-up",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            QueuedMinMessages = 1_000_000,
            QueuedMaxMessagesKbytes = 256 * 1024,
            FetchMaxBytes = 50 * 1024 * 1024,
            MaxPartitionFetchBytes = 8 * 1024 * 1024,
            FetchWaitMaxMs = 100,
        };
        var seen = new bool[count];
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        var measured = Throughput.Measure(() => broker.Usage.Cpu);
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        for (var (got, open) = (0, partitions); open > 0 || got < count;)
        {
            var result = consumer.Consume(deadline.Token);
            if (result.IsPartitionEOF)
            {
                open--;
                if (open == 0 && got < count)
                    throw new VoidRunException($"{broker.Name} lost {count - got} of {count} records");
                continue;
            }

            var number = BinaryPrimitives.ReadInt32BigEndian(result.Message.Value);
            if (seen[number])
                throw new VoidRunException($"{broker.Name} doubled record {number}");
            seen[number] = true;
            got++;
        }

        return measured((long)count * ProduceLoad.ValueSize);
    }
}
