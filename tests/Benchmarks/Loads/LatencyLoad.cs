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
    public const int PerSecond = 500;
    public const int WarmUpSeconds = 2;

    public static async Task<Latency> RunAsync(BrokerUnderTest broker, string topic, int seconds)
    {
        var count = PerSecond * (seconds + WarmUpSeconds);
        var histogram = LatencyHistogram.New();
        using var ready = new ManualResetEventSlim();
        var reading = Task.Factory.StartNew(() => Read(broker, topic, count, histogram, ready), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        ready.Wait();
        var config = new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 0 };
        using var producer = new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var began = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < count;)
        {
            await ticks.WaitForNextTickAsync();
            for (; sent < count && Due(began, sent) <= Stopwatch.GetTimestamp(); sent++)
            {
                var value = new byte[ProduceLoad.ValueSize];
                BinaryPrimitives.WriteInt32BigEndian(value, sent);
                BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), Due(began, sent));
                producer.Produce(topic, new Message<Null, byte[]> { Value = value });
            }
        }

        producer.Flush();
        await reading;
        return Latency.Of(histogram);
    }

    public static long Due(long began, int number) => began + (Stopwatch.Frequency * number / PerSecond);

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
            if (got++ >= PerSecond * WarmUpSeconds)
                histogram.RecordValue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(4))).Ticks);
        }
    }
}
