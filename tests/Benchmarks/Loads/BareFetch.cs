using System.Buffers.Binary;
using Benchmarks.Brokers;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;

namespace Benchmarks.Loads;

/// <summary>
/// Fetch requests one after another over a whole partition, nothing done with the records: what the broker can serve when the client
/// costs as little as it can. The other side is <see cref="BareSendfile"/>, which sends the same bytes in answers of the same size.
/// </summary>
internal static class BareFetch
{
    public const int AnswerSize = 8 * 1024 * 1024;
    private const short Version = 11;

    /// <param name="broker">Whose topic it is.</param>
    /// <param name="topic">With a partition for each connection.</param>
    /// <param name="end">Of each partition.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="passes">How often each reads its partition.</param>
    public static Task<Throughput> RunAsync(BrokerUnderTest broker, string topic, long end, int connections, int passes) =>
        Reader.MeasureAsync(connections, () => broker.Usage.Cpu, partition =>
        {
            using var reader = new Reader(broker.Port);
            var bytes = 0L;
            for (var pass = 0; pass < passes; pass++)
            {
                for (var offset = 0L; offset < end;)
                    bytes += Fetch(reader, topic, partition, ref offset);
            }

            return bytes;
        });

    private static long Fetch(Reader reader, string topic, int partition, ref long offset)
    {
        using var frame = new FrameBuffer();
        Frame.WriteRequest(frame, Version, 1, "bare", new FetchRequest
        {
            MaxWaitMs = 0,
            MaxBytes = AnswerSize,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = AnswerSize }] }],
        });
        reader.Send(frame.Written.Span);
        var length = BinaryPrimitives.ReadInt32BigEndian(reader.Receive(4).Span);
        var answer = new ProtocolReader(reader.Receive(length));
        ResponseHeader.Read(ref answer, ApiKey.Fetch, Version);
        var records = FetchResponse.Read(ref answer, Version).Responses[0].Partitions[0].Records.Bytes;
        var rest = records.Span;
        while (RecordBatch.TryTake(ref rest, out _, out var header))
            offset = header.NextOffset;
        if (records.Length == 0)
            throw new InvalidOperationException($"No records at {offset}");
        return records.Length;
    }
}
