using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests;

public sealed class HousekeepingTests
{
    [Fact]
    public async Task old_segments_are_deleted_when_their_time_has_come()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(2));
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = -1, time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("retention.ms", "60000"), ("segment.bytes", "1024"));
        for (var i = 0; i < 20; i++)
            await client.ProduceAsync("t", Requests.Batch(new string('x', 200)));

        time.Advance(TimeSpan.FromMinutes(10));

        var start = 0L;
        while (start == 0)
        {
            start = (await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(Requests.ListOffsets("t", -2), 7)).Topics[0].Partitions[0].Offset;
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(Requests.Fetch("t", 0))).ErrorCode);
        Assert.Single(broker.Log.Lines, l => l.Contains("deleted", StringComparison.Ordinal) && l.Contains("segments", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_compacted_topic_keeps_the_newest_record_of_each_key()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(2));
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = -1, time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1024"), ("min.cleanable.dirty.ratio", "0.01"));
        for (byte i = 0; i < 20; i++)
            await client.ProduceAsync("t", new RecordBatchBuilder().Add(1000, [(byte)(i % 3)], new byte[200]).Build());

        while (!broker.Log.Lines.Any(l => l.Contains("compacted below offset", StringComparison.Ordinal)))
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await client.FetchAsync(Requests.Fetch("t", 19));
        }

        Assert.InRange((await client.FetchAsync(Requests.Fetch("t", 0))).Records().Count(), 3, 7);
        Assert.Equal(20, (await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(Requests.ListOffsets("t", -1), 7)).Topics[0].Partitions[0].Offset);
    }

    [Fact]
    public async Task a_partition_with_damaged_records_is_not_compacted_any_more()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(2));
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = -1, time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1024"));
        for (byte i = 0; i < 20; i++)
            await client.ProduceAsync("t", new RecordBatchBuilder().Add(1000, [0], new byte[200]).Build());
        var segment = Path.Combine(broker.DirectoryPath, "t-0", "00000000000000000000.log");
        await using (var file = File.Open(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 100;
            file.WriteByte(0xff);
        }

        while (!broker.Log.Lines.Any(l => l.Contains("has damaged records", StringComparison.Ordinal)))
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await client.FetchAsync(Requests.Fetch("t", 19));
        }

        Assert.True(File.Exists(segment));
    }

    [Theory]
    [InlineData("retention")]
    [InlineData("compaction")]
    public async Task a_defect_at_one_partition_is_said_once_and_ends_nothing(string loop)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(2));
        var disk = new FaultyDisk(new MemoryDisk());
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = -1, time, disk);
        var client = await broker.ConnectAsync();
        (string, string)[] configs = loop == "retention"
            ? [("retention.ms", "60000"), ("segment.bytes", "1024")]
            : [("cleanup.policy", "compact"), ("segment.bytes", "1024"), ("min.cleanable.dirty.ratio", "0.01")];
        foreach (var topic in new[] { "bad", "good" })
        {
            await client.CreateTopicAsync(topic, 1, configs);
            for (byte i = 0; i < 20; i++)
                await client.ProduceAsync(topic, new RecordBatchBuilder().Add(1000, [(byte)(i % 3)], new byte[200]).Build());
        }

        disk.Fail(new DiskFault(
            o => o.Name is "delete" or "rename" && o.Path.Contains("bad-0", StringComparison.Ordinal), new InvalidOperationException("a defect"))
        { IsLasting = true });
        var (good, bad) = (broker.Server.Topics.FindPartition("good", 0)!.Log!, broker.Server.Topics.FindPartition("bad", 0)!.Log!);
        var before = good.SizeInBytes;
        await AdvanceUntilAsync(() => good.SizeInBytes < before && broker.Log.Lines.Any(l => l.Contains($"background work on {loop}", StringComparison.Ordinal)));
        for (var i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            await client.FetchAsync(Requests.Fetch("good", 20));
        }

        Assert.Single(broker.Log.Lines, l => l.Contains($"background work on {loop}", StringComparison.Ordinal));
        disk.Heal();
        await AdvanceUntilAsync(() => loop == "retention" ? bad.SegmentCount == 1 : bad.SizeInBytes < before);

        async Task AdvanceUntilAsync(Func<bool> isSo)
        {
            while (!isSo())
            {
                time.Advance(TimeSpan.FromMinutes(5));
                await client.FetchAsync(Requests.Fetch("good", 20));
            }
        }
    }

    [Fact]
    public async Task a_silent_connection_is_closed_and_a_busy_one_is_not()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = 60_000, time);
        var silent = await broker.ConnectAsync();
        await silent.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);
        var busy = await broker.ConnectAsync();

        var closed = silent.ReceiveFrameAsync();
        while (!closed.IsCompleted)
        {
            await busy.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);
            time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Null(await closed);
        await busy.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);
    }

    [Fact]
    public async Task a_partition_that_cannot_be_opened_is_offline_and_the_others_are_served()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 2);
        await broker.Server.StopAsync();
        var bad = Path.Combine(broker.DirectoryPath, "t-0");
        Directory.Delete(bad, recursive: true);
        await File.WriteAllTextAsync(bad, "not a directory");

        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("a"))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.FetchAsync(Requests.Fetch("t", 0))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch("a"), partition: 1)).ErrorCode);
        var metadata = await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12);
        Assert.Equal([ErrorCode.LeaderNotAvailable, ErrorCode.None], metadata.Topics[0].Partitions.Select(p => p.ErrorCode));
        Assert.Contains(broker.Log.Lines, l => l.StartsWith("Error: Partition t-0 is offline", StringComparison.Ordinal));
    }
}
