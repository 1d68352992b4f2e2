using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class PipelineTests
{
    [Fact]
    public async Task answers_leave_in_the_order_of_the_requests()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var produce = await client.SendAsync(Requests.Produce("t", Requests.Batch("a", "b")), Requests.ProduceVersion);
        var latest = await client.SendAsync(Requests.ListOffsets("t", -1), 7);
        var versions = await client.SendAsync(new ApiVersionsRequest(), 3);

        Assert.Equal(0, Requests.Only(await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, produce)).BaseOffset);
        var offsets = await client.ReceiveAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 7, latest);
        Assert.Equal(2, offsets.Topics[0].Partitions[0].Offset);
        await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 3, versions);
    }

    [Fact]
    public async Task a_long_poll_lets_later_requests_begin_and_is_answered_before_them()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        // The produce behind the poll on the same connection is what ends the poll: it must be received while the poll waits.
        var poll = await client.SendAsync(Requests.Fetch("t", 0, maxWaitMs: 60_000), Requests.FetchVersion);
        var produce = await client.SendAsync(Requests.Produce("t", Requests.Batch("a")), Requests.ProduceVersion);

        var fetched = Requests.Only(await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll));
        Assert.Equal(["0:a"], fetched.Records());
        await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, produce);
    }

    [Fact]
    public async Task many_requests_at_once_are_all_answered_in_order()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        const int count = 500;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                await client.SendAsync(Requests.Produce("t", Requests.Batch($"{i}")), Requests.ProduceVersion);
        });

        for (var i = 0; i < count; i++)
        {
            // The topic was made by request 1.
            var answer = await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, i + 2);
            Assert.Equal(i, Requests.Only(answer).BaseOffset);
        }

        await sending;
    }

    [Fact]
    public async Task stopping_answers_a_long_poll()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var poll = await client.SendAsync(Requests.Fetch("t", 0, maxWaitMs: 60_000), Requests.FetchVersion);
        await broker.WaitForLongPollAsync("t");
        var stopping = broker.Server.StopAsync();

        Assert.Empty(Requests.Only(await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll)).Records());
        await stopping;
    }
}
