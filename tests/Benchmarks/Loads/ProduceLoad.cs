using System.Buffers.Binary;
using Benchmarks.Brokers;
using Confluent.Kafka;

namespace Benchmarks.Loads;

/// <summary>Records of 1 KB, numbered, with acks=all, spread over the partitions in turn.</summary>
internal static class ProduceLoad
{
    public const int ValueSize = 1000;
    public const int BatchSize = 256 * 1024;

    public static Throughput Run(BrokerUnderTest broker, string topic, int partitions, int count, int batchSize = BatchSize)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            Acks = Acks.All,
            LingerMs = 5,
            BatchSize = batchSize,
            QueueBufferingMaxMessages = 100_000,
            QueueBufferingMaxKbytes = 256 * 1024,
            MaxInFlight = 5,
        };
        var acknowledged = 0;
        var failure = (Error?)null;
        using var producer = new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        producer.Flush(TimeSpan.FromSeconds(1));
        var measured = Throughput.Measure(() => broker.Usage.Cpu);
        for (var i = 0; i < count; i++)
        {
            var value = new byte[ValueSize];
            BinaryPrimitives.WriteInt32BigEndian(value, i);
            Random.Shared.NextBytes(value.AsSpan(4, 64));
            Send(producer, new TopicPartition(topic, i % partitions), value, report =>
            {
                if (report.Error.IsError)
                    failure = report.Error;
                else
                    Interlocked.Increment(ref acknowledged);
            });
        }

        producer.Flush();
        var throughput = measured((long)count * ValueSize);
        if (acknowledged != count)
            throw new VoidRunException($"{broker.Name} acknowledged {acknowledged} of {count}: {failure}");
        return throughput;
    }

    private static void Send(IProducer<Null, byte[]> producer, TopicPartition to, byte[] value, Action<DeliveryReport<Null, byte[]>> handler)
    {
        while (true)
        {
            try
            {
                producer.Produce(to, new Message<Null, byte[]> { Value = value }, handler);
                return;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
