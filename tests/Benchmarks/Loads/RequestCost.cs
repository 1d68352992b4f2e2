using System.Buffers.Binary;
using Benchmarks.Brokers;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;

namespace Benchmarks.Loads;

/// <summary>CPU of the broker for one small request, in microseconds: it must not depend on how much the broker holds.</summary>
internal static class RequestCost
{
    private const short ProduceVersion = 9;
    private const short FetchVersion = 11;

    public static double Produce(BrokerUnderTest broker, string topic, int partitions, int requests)
    {
        var batch = new RecordBatchBuilder().Add(RecordBatchHeader.NoTimestamp, null, new byte[ProduceLoad.ValueSize]).Build();
        var random = new Random(1);
        return Measure(broker, requests, ProduceVersion, _ => new ProduceRequest
        {
            Acks = 1,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = random.Next(partitions), Records = batch }] }],
        });
    }

    /// <summary>At random offsets, so that every answer needs its index.</summary>
    public static double Fetch(BrokerUnderTest broker, string topic, int partitions, long end, int requests)
    {
        var random = new Random(1);
        return Measure(broker, requests, FetchVersion, _ => new FetchRequest
        {
            MaxBytes = 4096,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = random.Next(partitions), FetchOffset = random.NextInt64(end), PartitionMaxBytes = 4096 }] }],
        });
    }

    private static double Measure<T>(BrokerUnderTest broker, int requests, short version, Func<int, T> request)
        where T : IRequest<T>
    {
        using var reader = new Reader(broker.Port);
        Ask(requests / 10);
        var before = broker.Usage.Cpu;
        Ask(requests);
        return (broker.Usage.Cpu - before).TotalMicroseconds / requests;

        void Ask(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var frame = new FrameBuffer();
                Frame.WriteRequest(frame, version, i, "cost", request(i));
                reader.Send(frame.Written.Span);
                reader.Receive(BinaryPrimitives.ReadInt32BigEndian(reader.Receive(4).Span));
            }
        }
    }
}
