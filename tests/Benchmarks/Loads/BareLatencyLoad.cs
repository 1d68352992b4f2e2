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
        var count = LatencyLoad.PerSecond * (seconds + LatencyLoad.WarmUpSeconds);
        var histogram = LatencyHistogram.New();
        using var producer = new Reader(broker.Port);
        using var consumer = new Reader(broker.Port);
        var reading = OnThread(() => Read(consumer, broker.Name, topic, count, histogram));
        var acknowledging = OnThread(() => Acknowledge(producer, broker.Name, count));
        var began = Stopwatch.GetTimestamp();
        await SendAsync(producer, topic, count, began);
        await acknowledging;
        await reading;
        return Latency.Of(histogram);
    }

    private static Task OnThread(Action run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task SendAsync(Reader connection, string topic, int count, long began)
    {
        var value = new byte[ProduceLoad.ValueSize];
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var sent = 0; sent < count;)
        {
            await ticks.WaitForNextTickAsync();
            for (; sent < count && LatencyLoad.Due(began, sent) <= Stopwatch.GetTimestamp(); sent++)
            {
                BinaryPrimitives.WriteInt32BigEndian(value, sent);
                BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), LatencyLoad.Due(began, sent));
                using var frame = new FrameBuffer();
                Frame.WriteRequest(frame, ProduceVersion, sent, "bare", new ProduceRequest
                {
                    Acks = -1,
                    TimeoutMs = 30_000,
                    TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new RecordBatchBuilder().Add(sent, null, value).Build() }] }],
                });
                connection.Send(frame.Written.Span);
            }
        }
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
                    if (got++ >= LatencyLoad.PerSecond * LatencyLoad.WarmUpSeconds)
                        histogram.RecordValue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(value[4..])).Ticks);
                }
            }
        }
    }
}
