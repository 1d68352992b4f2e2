using System.Buffers.Binary;
using System.Diagnostics;
using Benchmarks.Brokers;
using Confluent.Kafka;
using HdrHistogram;

namespace Benchmarks.Loads;

/// <summary>
/// From the moment a record was due to be sent until a consumer has it. Open loop: a late record does not delay the next, and its
/// lateness counts.
/// </summary>
internal static class LatencyLoad
{
    public const int WarmUpSeconds = 2;

    public static async Task<Latency> RunAsync(BrokerUnderTest broker, string topic, int seconds)
    {
        var count = Pace.PerSecond * (seconds + WarmUpSeconds);
        var histogram = LatencyHistogram.New();
        using var ready = new ManualResetEventSlim();
        var reading = Pace.OnThread(() => Read(broker, topic, count, histogram, ready));
        ready.Wait();
        var config = new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 0 };
        using var producer = new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        await Pace.RunAsync(count, (number, due) =>
        {
            var value = new byte[ProduceLoad.ValueSize];
            BinaryPrimitives.WriteInt32BigEndian(value, number);
            BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), due);
            producer.Produce(topic, new Message<Null, byte[]> { Value = value });
        });

        producer.Flush();
        await reading;
        return Latency.Of(histogram);
    }

    private static void Read(BrokerUnderTest broker, string topic, int count, LongHistogram histogram, ManualResetEventSlim ready)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "latency",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 500,
        };
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        for (var got = 0; ;)
        {
            var result = consumer.Consume(deadline.Token);
            if (result.IsPartitionEOF)
            {
                ready.Set();
                if (got == count)
                    return;
                continue;
            }

            var value = result.Message.Value;
            if (BinaryPrimitives.ReadInt32BigEndian(value) != got)
                throw new VoidRunException($"{broker.Name} gave record {BinaryPrimitives.ReadInt32BigEndian(value)} where {got} was due");
            if (got++ >= Pace.PerSecond * WarmUpSeconds)
                histogram.RecordValue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(4))).Ticks);
        }
    }
}
