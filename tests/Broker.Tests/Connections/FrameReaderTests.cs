using System.Buffers.Binary;
using Broker.Connections;
using Broker.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Connections;

public sealed class FrameReaderTests
{
    private const int Large = 1_000_000;
    private static readonly FrameBounds Bounds = new(Frame.MinRequestLength, 100_000_000);

    private readonly FakeTimeProvider _time = new();
    private readonly RequestBudget _budget = new(limit: 10 * Large);

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void frames_come_whole_and_in_order_in_whatever_pieces_they_arrive(int piece)
    {
        var random = new Random(piece);
        var frames = new[] { 10, 5_000, 70_000, 11, 300_000, 4_096, 12 }.Select(length => NewFrame(random, length)).ToList();
        var bytes = frames.SelectMany(f => f).ToArray();
        using var reader = new FrameReader(_budget, _time);
        var found = new List<byte[]>();

        for (var sent = 0; sent < bytes.Length; sent += piece)
            found.AddRange(Receive(reader, bytes.AsSpan(sent, Math.Min(piece, bytes.Length - sent))));

        Assert.Equal(frames.Count, found.Count);
        Assert.All(found.Zip(frames), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second.AsSpan(Frame.LengthSize))));
        Assert.True(reader.IsEmpty);
    }

    [Fact]
    public void what_is_announced_counts_as_it_comes()
    {
        var frame = NewFrame(new Random(1), 50 * Large);
        using var reader = new FrameReader(_budget, _time);

        Receive(reader, frame.AsSpan(0, 60_000));
        Assert.Equal(0, _budget.Used);

        for (var sent = 60_000; sent < 2 * Large; sent += 10_000)
        {
            Assert.Empty(Receive(reader, frame.AsSpan(sent, 10_000)));
            Assert.InRange(_budget.Used, 0, 4L * (sent + 10_000));
        }

        Assert.True(_budget.Used >= 2 * Large);
        reader.Release();
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public void a_large_frame_stalls_unless_it_gets_on()
    {
        var frame = NewFrame(new Random(1), Large);
        using var reader = new FrameReader(_budget, _time);
        Receive(reader, frame.AsSpan(0, 100_000));

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), reader.Stall);

        // A trickle is no progress, 64 KiB are.
        Receive(reader, frame.AsSpan(100_000, 100));
        Assert.Equal(TimeSpan.FromSeconds(20), reader.Stall);
        Receive(reader, frame.AsSpan(100_100, 64 * 1024));
        Assert.Equal(TimeSpan.Zero, reader.Stall);

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(Receive(reader, frame.AsSpan(100_100 + 64 * 1024)));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.Zero, reader.Stall);
    }

    [Fact]
    public void the_frame_after_a_large_one_stalls_as_well()
    {
        using var reader = new FrameReader(_budget, _time);
        byte[] bytes = [.. NewFrame(new Random(1), Large), .. NewFrame(new Random(2), Large).AsSpan(0, 10_000)];

        Assert.Single(Receive(reader, bytes));
        Assert.True(reader.MakeRoomAsync(CancellationToken.None).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(20), reader.Stall);
    }

    [Fact]
    public async Task a_frame_that_waits_for_the_budget_does_not_stall()
    {
        var beyond = new RequestReservation();
        await _budget.ReserveAsync(beyond, 20 * Large, CancellationToken.None);
        var frame = NewFrame(new Random(1), Large);
        using var reader = new FrameReader(_budget, _time);
        Receive(reader, frame.AsSpan(0, 64 * 1024));

        var room = reader.MakeRoomAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.False(room.IsCompleted);
        Assert.Equal(TimeSpan.Zero, reader.Stall);

        _budget.Release(beyond);
        await room.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Single(Receive(reader, frame.AsSpan(64 * 1024)));
    }

    /// <summary>As a connection does: looks for frames whenever something came.</summary>
    private static List<byte[]> Receive(FrameReader reader, ReadOnlySpan<byte> bytes)
    {
        var found = new List<byte[]>();
        while (bytes.Length > 0)
        {
            Assert.True(reader.MakeRoomAsync(CancellationToken.None).IsCompletedSuccessfully);
            var count = Math.Min(reader.Room.Length, bytes.Length);
            bytes[..count].CopyTo(reader.Room.Span);
            bytes = bytes[count..];
            Assert.True(reader.Received(count));
            while (reader.TryTake(Bounds, out var frame))
                found.Add(frame.ToArray());
        }

        return found;
    }

    private static byte[] NewFrame(Random random, int length)
    {
        var frame = new byte[Frame.LengthSize + length];
        random.NextBytes(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(Frame.LengthSize), (short)ApiKey.Produce);
        return frame;
    }
}
