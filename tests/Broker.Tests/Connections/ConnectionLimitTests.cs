using System.Net;
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
        await using var broker = await TestBroker.StartAsync(o => o.MaxConnectionCreationRate = 1, time);
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
