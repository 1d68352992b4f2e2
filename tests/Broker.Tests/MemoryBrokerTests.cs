using Broker.Protocol;
using Broker.Storage.Disks;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class MemoryBrokerTests
{
    [Fact]
    public async Task a_broker_in_memory_serves_as_any_other_and_touches_no_file()
    {
        var disk = new MemoryDisk();
        await using var broker = await TestBroker.StartAsync(o => o.LogSegmentBytes = 1024, disk: disk);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        for (var i = 0; i < 40; i++)
            Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch($"v{i}"))).ErrorCode);

        await broker.RestartAsync();

        client = await broker.ConnectAsync();
        Assert.Equal(["0:v0"], (await client.FetchAsync(Requests.Fetch("t", 0, maxBytes: 1))).Records());
        Assert.Equal(["39:v39"], (await client.FetchAsync(Requests.Fetch("t", 39))).Records());
        Assert.True(broker.Server.Topics.FindPartition("t", 0)!.Log!.SegmentCount > 1);
        Assert.False(Directory.Exists(broker.DirectoryPath));
    }

    [Fact]
    public async Task a_power_loss_takes_what_nobody_waited_for_and_nothing_else()
    {
        var disk = new MemoryDisk();
        await using var before = await TestBroker.StartAsync(disk: disk);
        var client = await before.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("durable"), acks: -1);
        await client.ProduceAsync("t", Requests.Batch("written"), acks: 1);

        await using var unplugged = await TestBroker.StartAsync(disk: disk.CopyAfterPowerLoss());
        await using var killed = await TestBroker.StartAsync(disk: disk.CopyAfterKill());

        Assert.Equal(["0:durable"], (await (await unplugged.ConnectAsync()).FetchAsync(Requests.Fetch("t", 0))).Records());
        Assert.Equal(["0:durable", "1:written"], (await (await killed.ConnectAsync()).FetchAsync(Requests.Fetch("t", 0))).Records());
        Assert.Equal(before.Server.ClusterId, unplugged.Server.ClusterId);
    }
}
