using System.Buffers.Binary;
using System.Diagnostics;
using Benchmarks.Brokers;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using HdrHistogram;

namespace Benchmarks.Loads;

/// <summary>
/// As <see cref="LatencyLoad"/>, with a connection that sends a request for each record when it is due, whatever was answered until then, and
/// one that always has a fetch waiting: no client's queues and timers in the figure.
/// </summary>
internal static class BareLatencyLoad
{
    private const short ProduceVersion = 9;
    private const short FetchVersion = 11;

    public static async Task<Latency> RunAsync(BrokerUnderTest broker, string topic, int seconds)
    {
        var count = Pace.PerSecond * (seconds + LatencyLoad.WarmUpSeconds);
        var histogram = LatencyHistogram.New();
        using var producer = new Reader(broker.Port);
        using var consumer = new Reader(broker.Port);
        var reading = Pace.OnThread(() => Read(consumer, broker.Name, topic, count, histogram));
        var acknowledging = Pace.OnThread(() => Acknowledge(producer, broker.Name, count));
        await SendAsync(producer, topic, count);
        await acknowledging;
        await reading;
        return Latency.Of(histogram);
    }

    private static Task SendAsync(Reader connection, string topic, int count)
    {
        var value = new byte[ProduceLoad.ValueSize];
        return Pace.RunAsync(count, (number, due) =>
        {
            BinaryPrimitives.WriteInt32BigEndian(value, number);
            BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), due);
            using var frame = new FrameBuffer();
            Frame.WriteRequest(frame, ProduceVersion, number, "bare", new ProduceRequest
            {
                Acks = -1,
                TimeoutMs = 30_000,
                TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new RecordBatchBuilder().Add(number, null, value).Build() }] }],
            });
            connection.Send(frame.Written.Span);
        });
    }

    private static void Acknowledge(Reader connection, string broker, int count)
    {
        for (var got = 0; got < count; got++)
        {
            var answer = new ProtocolReader(connection.Receive(BinaryPrimitives.ReadInt32BigEndian(connection.Receive(4).Span)));
            ResponseHeader.Read(ref answer, ApiKey.Produce, ProduceVersion);
            var partition = ProduceResponse.Read(ref answer, ProduceVersion).Responses[0].PartitionResponses[0];
            if (partition.ErrorCode != ErrorCode.None || partition.BaseOffset != got)
                throw new VoidRunException($"{broker} answered record {got} with {partition.ErrorCode} at {partition.BaseOffset}");
        }
    }

    private static void Read(Reader connection, string broker, string topic, int count, LongHistogram histogram)
    {
        for (var got = 0; got < count;)
        {
            using var frame = new FrameBuffer();
            Frame.WriteRequest(frame, FetchVersion, 1, "bare", new FetchRequest
            {
                MaxWaitMs = 500,
                MinBytes = 1,
                MaxBytes = 1 << 20,
                Topics = [new() { Topic = topic, Partitions = [new() { FetchOffset = got, PartitionMaxBytes = 1 << 20 }] }],
            });
            connection.Send(frame.Written.Span);
            var answer = new ProtocolReader(connection.Receive(BinaryPrimitives.ReadInt32BigEndian(connection.Receive(4).Span)));
            ResponseHeader.Read(ref answer, ApiKey.Fetch, FetchVersion);
            var rest = (ReadOnlySpan<byte>)FetchResponse.Read(ref answer, FetchVersion).Responses[0].Partitions[0].Records.Bytes.Span;
            while (RecordBatch.TryTake(ref rest, out var batch, out _))
            {
                using var records = new RecordReader(batch);
                while (records.Read(out var record))
                {
                    var value = record.Value;
                    if (BinaryPrimitives.ReadInt32BigEndian(value) != got)
                        throw new VoidRunException($"{broker} gave record {BinaryPrimitives.ReadInt32BigEndian(value)} where {got} was due");
                    if (got++ >= Pace.PerSecond * LatencyLoad.WarmUpSeconds)
                        histogram.RecordValue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(value[4..])).Ticks);
                }
            }
        }
    }
}
