using System.Net.Sockets;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Storage.Disks;
using Broker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Tests.Connections;

public sealed class FrameSenderTests : IDisposable
{
    private readonly BrokerMetrics _metrics = new(TimeProvider.System);
    private readonly PartitionLog _log = PartitionLog.Open("/log", new LogOptions(), TimeProvider.System, NullLogger.Instance, new MemoryDisk());

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public void a_frame_leaves_whole_whatever_a_send_takes(int recordSize)
    {
        var random = new Random(recordSize);
        using var sender = new FrameSender(new NoTransport(), _metrics);
        for (var round = 0; round < 20; round++)
        {
            var (frame, expected) = FetchAnswer(recordSize, partitions: round % 4);
            var sent = new List<byte>();

            sender.Begin(frame);
            while (sender.TryNext(out var bytes))
            {
                var taken = random.Next(1, bytes.Length + 1);
                sent.AddRange(bytes.Span[..taken]);
                sender.Sent(taken);
            }

            Assert.True(sent.ToArray().AsSpan().SequenceEqual(expected));
            AnswerFrames.Release(frame);
        }
    }

    [Fact]
    public void a_small_frame_leaves_in_one_piece_with_its_records()
    {
        using var sender = new FrameSender(new NoTransport(), _metrics);
        var (frame, expected) = FetchAnswer(recordSize: 1_000, partitions: 3);

        sender.Begin(frame);
        Assert.True(sender.TryNext(out var bytes));
        Assert.True(bytes.Span.SequenceEqual(expected));
        sender.Sent(bytes.Length);

        Assert.False(sender.TryNext(out _));
        AnswerFrames.Release(frame);
    }

    public void Dispose()
    {
        _log.Dispose();
        _metrics.Dispose();
    }

    private (FrameBuffer Frame, byte[] Expected) FetchAnswer(int recordSize, int partitions)
    {
        var (bySlice, byBytes) = (new FetchResponse(), new FetchResponse());
        foreach (var response in new[] { bySlice, byBytes })
            response.Responses = [new FetchResponse.FetchableTopicResponse { Topic = "t", Partitions = new List<FetchResponse.PartitionData>() }];
        for (var p = 0; p < partitions; p++)
        {
            var batch = Requests.Batch(new string('x', recordSize));
            var offset = _log.Append(batch, 0).BaseOffset;
            var slice = _log.Read(offset, int.MaxValue, long.MaxValue, minOneBatch: true)!;
            Partitions(bySlice).Add(new() { PartitionIndex = p, Records = RecordsSlice.FromSource(slice, slice.Length) });
            Partitions(byBytes).Add(new() { PartitionIndex = p, Records = RecordsSlice.FromBytes(batch) });
        }

        using var plain = new FrameBuffer();
        Frame.WriteResponse(plain, ApiKey.Fetch, 12, 1, byBytes);
        var frame = AnswerFrames.Take();
        Frame.WriteResponse(frame, ApiKey.Fetch, 12, 1, bySlice);
        return (frame, plain.Written.ToArray());
    }

    private static List<FetchResponse.PartitionData> Partitions(FetchResponse response) =>
        (List<FetchResponse.PartitionData>)response.Responses[0].Partitions;

    /// <summary>A client to whom nothing can be lent.</summary>
    private sealed class NoTransport : ITransport
    {
        public Socket? Plain => null;

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => throw new NotSupportedException();

        public ValueTask EndAsync() => default;

        public void Dispose()
        {
        }
    }
}
