using System.Buffers.Binary;
using System.Diagnostics;
using Benchmarks.Brokers;
using Confluent.Kafka;
using HdrHistogram;

namespace Benchmarks.Loads;

internal readonly record struct Writes(double PerSecond, double CpuMicroseconds, double P50Ms, double P99Ms);

/// <summary>Producers with a connection each; every one sends its next record when the one before was acknowledged.</summary>
internal static class WritersLoad
{
    public static async Task<Writes> RunAsync(BrokerUnderTest broker, string topic, int partitions, int writers, int count)
    {
        var config = new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 0 };
        var producers = Enumerable.Range(0, writers)
            .Select(_ => new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build()).ToArray();
        var histogram = new LongConcurrentHistogram(1, TimeSpan.FromMinutes(1).Ticks, 3);
        try
        {
            var next = -1;
            var cpu = broker.Usage.Cpu;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(producers.Select((producer, i) => WriteAsync(producer, new TopicPartition(topic, i % partitions))));
            return new Writes(
                count / watch.Elapsed.TotalSeconds, (broker.Usage.Cpu - cpu).TotalMicroseconds / count, LatencyHistogram.At(histogram, 50), LatencyHistogram.At(histogram, 99));

            async Task WriteAsync(IProducer<Null, byte[]> producer, TopicPartition to)
            {
                for (int number; (number = Interlocked.Increment(ref next)) < count;)
                {
                    var value = new byte[ProduceLoad.ValueSize];
                    BinaryPrimitives.WriteInt32BigEndian(value, number);
                    var began = Stopwatch.GetTimestamp();
                    await producer.ProduceAsync(to, new Message<Null, byte[]> { Value = value });
                    histogram.RecordValue(Stopwatch.GetElapsedTime(began).Ticks);
                }
            }
        }
        finally
        {
            foreach (var producer in producers)
                producer.Dispose();
        }
    }
}
