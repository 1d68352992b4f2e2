using System.Net;
using System.Net.Sockets;
using Broker.Configuration;
using Broker.Connections;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Connections;

public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task one_too_many_from_an_address_is_closed_and_a_place_that_is_left_is_free_again()
    {
        await using var broker = await TestBroker.StartAsync(o => o.MaxConnectionsPerIp = 2);
        var first = await TakenAsync(broker);
        await TakenAsync(broker);

        Assert.Null(await (await broker.ConnectAsync()).ReceiveFrameAsync());
        first.Dispose();

        while (!await IsTakenAsync(await broker.ConnectAsync()))
        {
        }
    }

    [Fact]
    public async Task an_address_may_have_a_limit_of_its_own()
    {
        await using var broker = await TestBroker.StartAsync(o => (o.MaxConnectionsPerIp, o.MaxConnectionsPerIpOverrides) = (100, "10.0.0.1:5,127.0.0.1:1"));
        await TakenAsync(broker);

        Assert.False(await IsTakenAsync(await broker.ConnectAsync()));
    }

    [Fact]
    public async Task connections_from_an_address_come_no_faster_than_its_quota()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(time: time);
        var altered = await (await broker.ConnectAsync()).AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(
            new()
            {
                Entries =
                [
                    new()
                    {
                        Entity = [new() { EntityType = "ip", EntityName = "127.0.0.1" }],
                        Ops = [new() { Key = "connection_creation_rate", Value = 1 }],
                    },
                ],
            },
            1);
        Assert.Equal(Protocol.ErrorCode.None, altered.Entries[0].ErrorCode);

        // Ten windows' worth at once, then no more before time has passed.
        for (var i = 0; i < 10; i++)
            await TakenAsync(broker);
        Assert.False(await IsTakenAsync(await broker.ConnectAsync()));
        time.Advance(TimeSpan.FromSeconds(12));
        await TakenAsync(broker);
    }

    [Fact]
    public async Task connections_from_everywhere_wait_when_they_come_too_fast()
    {
        var time = new FakeTimeProvider();
        // However far the clock is moved, nobody is silent for too long.
        await using var broker = await TestBroker.StartAsync(o => (o.MaxConnectionCreationRate, o.ConnectionsMaxIdleMs) = (1, -1), time);
        for (var i = 0; i < 10; i++)
            await TakenAsync(broker);

        var waiting = await broker.ConnectAsync();
        var answer = IsTakenAsync(waiting);
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await answer);
    }

    [Fact]
    public async Task a_listener_may_have_a_limit_of_its_own()
    {
        await using var broker = await TestBroker.StartAsync(o =>
        {
            (o.Listeners, o.ListenerSecurityProtocolMap) = ("IN://127.0.0.1:0,OUT://127.0.0.1:0", "IN:PLAINTEXT,OUT:PLAINTEXT");
            BrokerSettings.Find("listener.name.out.max.connections").Write(o, "1");
        });
        using var first = await broker.ConnectAsync("OUT");
        Assert.True(await IsTakenAsync(first));

        Assert.False(await IsTakenAsync(await broker.ConnectAsync("OUT")));
        Assert.True(await IsTakenAsync(await broker.ConnectAsync("IN")));
        first.Dispose();
        while (!await IsTakenAsync(await broker.ConnectAsync("OUT")))
        {
        }
    }

    [Fact]
    public async Task connections_to_a_listener_wait_when_they_come_too_fast_for_it()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(
            o =>
            {
                (o.Listeners, o.ListenerSecurityProtocolMap) = ("IN://127.0.0.1:0,OUT://127.0.0.1:0", "IN:PLAINTEXT,OUT:PLAINTEXT");
                BrokerSettings.Find("listener.name.out.max.connection.creation.rate").Write(o, "1");
                o.ConnectionsMaxIdleMs = -1;
            },
            time);
        for (var i = 0; i < 10; i++)
            Assert.True(await IsTakenAsync(await broker.ConnectAsync("OUT")));

        var answer = IsTakenAsync(await broker.ConnectAsync("OUT"));
        for (var i = 0; i < 20; i++)
            Assert.True(await IsTakenAsync(await broker.ConnectAsync("IN")));
        Assert.False(answer.IsCompleted);
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await answer);
    }

    [Fact]
    public async Task sockets_get_the_buffers_that_are_asked_for()
    {
        await using var broker = await TestBroker.StartAsync(o => (o.SocketSendBufferBytes, o.SocketReceiveBufferBytes) = (20_000, 30_000));
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listening.LocalEndpoint);
        var taken = await listening.AcceptSocketAsync();
        await using var connections = new ConnectionSet(broker.Server.Context);

        connections.Add(taken, broker.Server.Listeners.First());

        // Linux doubles what is asked for, for its own bookkeeping.
        Assert.True(taken.SendBufferSize is 20_000 or 40_000, $"{taken.SendBufferSize}");
        Assert.True(taken.ReceiveBufferSize is 30_000 or 60_000, $"{taken.ReceiveBufferSize}");
        client.Close();
    }

    [Fact]
    public async Task a_stop_does_not_wait_for_connections_that_wait()
    {
        await using var broker = await TestBroker.StartAsync(o => o.MaxConnectionCreationRate = 1, new FakeTimeProvider());
        for (var i = 0; i < 10; i++)
            await TakenAsync(broker);
        await broker.ConnectAsync();

        await broker.Server.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("10.0.0.1:5, ::1:7", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("10.0.0.1:-1", false)]
    [InlineData("no host:5", false)]
    public void overrides_are_addresses_with_limits(string text, bool valid) => Assert.Equal(valid, AddressLimits.Check(text) is null);

    [Fact]
    public void the_last_colon_of_an_override_parts_address_and_limit() =>
        Assert.Equal(7, AddressLimits.Parse("::1:7")[IPAddress.IPv6Loopback]);

    private static async Task<KafkaClient> TakenAsync(TestBroker broker)
    {
        var client = await broker.ConnectAsync();
        Assert.True(await IsTakenAsync(client));
        return client;
    }

    private static async Task<bool> IsTakenAsync(KafkaClient client)
    {
        try
        {
            await client.SendAsync(new ApiVersionsRequest(), 3);
            return await client.ReceiveFrameAsync() is not null;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
