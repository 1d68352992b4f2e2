using System.Buffers.Binary;
using System.Diagnostics;
using Benchmarks.Brokers;
using Confluent.Kafka;
using HdrHistogram;

namespace Benchmarks.Loads;

internal readonly record struct Latency(double P50Ms, double P99Ms, double P999Ms);

/// <summary>
/// From the moment a record was due to be sent until a consumer has it. Open loop: a late record does not delay the next, and its
/// lateness counts.
/// </summary>
internal static class LatencyLoad
{
    private const int PerSecond = 500;
    private const int WarmUpSeconds = 2;

    public static async Task<Latency> RunAsync(BrokerUnderTest broker, string topic, int seconds)
    {
        var count = PerSecond * (seconds + WarmUpSeconds);
        var histogram = new LongHistogram(TimeSpan.FromMinutes(1).Ticks, 3);
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
        return new Latency(At(50), At(99), At(99.9));

        double At(double percentile) => TimeSpan.FromTicks(histogram.GetValueAtPercentile(percentile)).TotalMilliseconds;
    }

    private static long Due(long began, int number) => began + (Stopwatch.Frequency * number / PerSecond);

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
        for (var got = 0; got < count;)
        {
            var result = consumer.Consume(deadline.Token);
            if (result.IsPartitionEOF)
            {
                ready.Set();
                continue;
            }

            var value = result.Message.Value;
            if (BinaryPrimitives.ReadInt32BigEndian(value) != got)
                throw new InvalidOperationException($"{broker.Name} gave record {BinaryPrimitives.ReadInt32BigEndian(value)} where {got} was due");
            if (got++ >= PerSecond * WarmUpSeconds)
                histogram.RecordValue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(4))).Ticks);
        }
    }
}
