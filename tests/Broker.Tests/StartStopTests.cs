using System.Net;
using System.Net.Sockets;
using Broker.Protocol.Messages;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class StartStopTests
{
    [Fact]
    public async Task a_busy_port_is_refused_with_its_number_before_anything_else_starts()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        var refused = await Assert.ThrowsAsync<IOException>(() => BrokerServer.StartAsync(
            new BrokerOptions { Listeners = $"PLAINTEXT://127.0.0.1:{port}", LogDirs = directory }));

        Assert.Contains($"Port {port} is in use", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task a_data_directory_in_use_is_refused_and_its_owner_goes_on()
    {
        await using var owner = await TestBroker.StartAsync();

        var refused = await Assert.ThrowsAnyAsync<IOException>(() => BrokerServer.StartAsync(
            new BrokerOptions { Listeners = "PLAINTEXT://127.0.0.1:0", LogDirs = owner.DirectoryPath }));

        Assert.Contains(owner.DirectoryPath, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        await (await owner.ConnectAsync()).AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);
    }

    [Fact]
    public async Task each_listener_tells_its_own_advertised_address()
    {
        var directory = Directory.CreateTempSubdirectory("broker-tests-").FullName;
        await using var server = await BrokerServer.StartAsync(new BrokerOptions
        {
            Listeners = "INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0",
            ListenerSecurityProtocolMap = "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
            AdvertisedListeners = "OUTSIDE://broker.example:19092",
            LogDirs = directory,
        });
        var addresses = server.BootstrapServers.Split(',');

        Assert.StartsWith("127.0.0.1:", addresses[0], StringComparison.Ordinal);
        Assert.Equal("broker.example:19092", addresses[1]);
        using var client = await KafkaClient.ConnectAsync(int.Parse(addresses[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        var metadata = await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest(), 12);
        Assert.Equal(addresses[0], $"{metadata.Brokers[0].Host}:{metadata.Brokers[0].Port}");
        await server.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task stopping_twice_is_stopping_once()
    {
        await using var broker = await TestBroker.StartAsync();

        await Task.WhenAll(broker.Server.StopAsync(), broker.Server.StopAsync());
        await broker.Server.DisposeAsync();
    }

    [Fact]
    public async Task a_defect_in_one_part_of_the_stop_leaves_no_log_unclosed_and_the_directory_free()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        await using var broker = await TestBroker.StartAsync(disk: disk);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 20);
        for (var partition = 0; partition < 20; partition++)
            await client.ProduceAsync("t", Requests.Batch("a"), partition: partition);
        disk.Fail(new DiskFault(
            o => o.Name == "write" && o.Suffix == ".index" && o.Path.Contains("t-3", StringComparison.Ordinal), new InvalidOperationException("a defect"))
        { IsLasting = true });

        var failed = await Assert.ThrowsAsync<AggregateException>(() => broker.Server.StopAsync());

        Assert.Contains("a defect", $"{failed}", StringComparison.Ordinal);
        disk.Heal();
        await broker.StartAgainAsync();
        Assert.Single(broker.Log.Lines, l => l.Contains("was not closed cleanly", StringComparison.Ordinal));
        client = await broker.ConnectAsync();
        for (var partition = 0; partition < 20; partition++)
            Assert.Equal(["0:a"], (await client.FetchAsync(Requests.Fetch("t", 0, partition: partition))).Records());
    }

    [Fact]
    public async Task a_client_that_does_not_read_does_not_hold_up_the_stop()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var batch = Requests.Batch(new string('x', 900_000));
        for (var i = 0; i < 10; i++)
            await client.ProduceAsync("t", batch);

        for (var i = 0; i < 4; i++)
            await client.SendAsync(Requests.Fetch("t", 0, maxBytes: 50_000_000, partitionMaxBytes: 50_000_000), Requests.FetchVersion);
        await broker.Server.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task the_cluster_keeps_its_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = broker.Server.ClusterId;

        await broker.RestartAsync();

        Assert.Equal(id, broker.Server.ClusterId);
        Assert.Equal(22, id.Length);
    }
}
