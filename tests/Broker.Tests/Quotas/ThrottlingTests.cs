using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Quotas;

/// <summary>The broker's clock stands still here, so that a client once held up stays so until the test lets time pass.</summary>
public sealed class ThrottlingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task a_producer_over_its_rate_is_answered_at_once_and_then_not_listened_to()
    {
        await using var broker = await TestBroker.StartAsync(time: _time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await SetAsync(client, QuotaEntity.UserType, "producer_byte_rate", 1_000);

        var produced = await client.AskAsync<ProduceRequest, ProduceResponse>(Requests.Produce("t", Requests.Batch(new string('x', 20_000))), 9);
        Assert.Equal(ErrorCode.None, Requests.Only(produced).ErrorCode);
        Assert.InRange(produced.ThrottleTimeMs, 10_000, 11_000);

        // The next request stays where it is, and so does not reach the log, until the time is over.
        var next = await client.SendAsync(Requests.Produce("t", Requests.Batch("y")), 9);
        await (await broker.ConnectAsync()).AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);
        Assert.Equal(1, broker.Server.Topics.FindPartition("t", 0)!.Log!.LogEndOffset);

        _time.Advance(TimeSpan.FromMilliseconds(produced.ThrottleTimeMs));
        Assert.Equal(1, Requests.Only(await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, next)).BaseOffset);
    }

    [Fact]
    public async Task a_consumer_over_its_rate_gets_an_empty_answer_and_later_its_records()
    {
        await using var broker = await TestBroker.StartAsync(time: _time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        for (var i = 0; i < 3; i++)
            await client.ProduceAsync("t", Requests.Batch(new string('x', 6_000)));
        await SetAsync(client, QuotaEntity.UserType, "consumer_byte_rate", 1_000);
        var fetch = Requests.Fetch("t", 0);

        // Ten windows' worth is the most one answer may bring.
        var first = await client.AskAsync<FetchRequest, FetchResponse>(fetch, Requests.FetchVersion);
        var second = await client.AskAsync<FetchRequest, FetchResponse>(fetch, Requests.FetchVersion);
        Assert.Equal((0, 1), (first.ThrottleTimeMs, Requests.Only(first).Records().Length));
        Assert.Empty(second.Responses);
        Assert.InRange(second.ThrottleTimeMs, 1, 10_000);

        var third = await client.SendAsync(fetch, Requests.FetchVersion);
        _time.Advance(TimeSpan.FromSeconds(12));
        var later = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, third);
        Assert.Equal((0, 1), (later.ThrottleTimeMs, Requests.Only(later).Records().Length));
    }

    [Fact]
    public async Task topics_beyond_the_rate_are_refused_to_who_knows_the_error_and_slow_down_who_does_not()
    {
        await using var broker = await TestBroker.StartAsync(time: _time);
        var admin = await broker.ConnectAsync();
        await SetAsync(admin, QuotaEntity.ClientIdType, "controller_mutation_rate", 1);

        Assert.Equal((ErrorCode.None, 0), await CreateAsync("a", 11, 7));
        Assert.Equal((ErrorCode.None, 0), await CreateAsync("b", 3, 7));
        Assert.Equal((ErrorCode.ThrottlingQuotaExceeded, 3000), await CreateAsync("c", 1, 7));
        Assert.Equal((ErrorCode.None, 4000), await CreateAsync("d", 1, 5));
        var deleting = await (await broker.ConnectAsync()).AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["a"] }, 5);
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, deleting.Responses[0].ErrorCode);
        Assert.True(broker.Server.Topics.TryFind("a", out _));
        Assert.False(broker.Server.Topics.TryFind("c", out _));

        async Task<(ErrorCode, int)> CreateAsync(string topic, int partitions, short version)
        {
            var client = await broker.ConnectAsync();
            var answer = await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
                new() { Topics = [new() { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }] }, version);
            return (answer.Topics[0].ErrorCode, answer.ThrottleTimeMs);
        }
    }

    [Fact]
    public async Task quotas_are_in_force_again_after_a_restart_and_gone_when_removed()
    {
        await using var broker = await TestBroker.StartAsync(time: _time);
        await SetAsync(await broker.ConnectAsync(), QuotaEntity.ClientIdType, "producer_byte_rate", 1_000);
        await (await broker.ConnectAsync()).CreateTopicAsync("t");

        await broker.RestartAsync();
        var client = await broker.ConnectAsync();
        var throttled = await client.AskAsync<ProduceRequest, ProduceResponse>(Requests.Produce("t", Requests.Batch(new string('x', 20_000))), 9);
        client = await broker.ConnectAsync();
        await client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(Alteration(QuotaEntity.ClientIdType, new() { Key = "producer_byte_rate", Remove = true }), 1);
        var free = await client.AskAsync<ProduceRequest, ProduceResponse>(Requests.Produce("t", Requests.Batch(new string('x', 20_000))), 9);

        Assert.True(throttled.ThrottleTimeMs > 0);
        Assert.Equal(0, free.ThrottleTimeMs);
    }

    [Fact]
    public async Task a_client_that_is_held_up_is_not_cut_for_its_silence()
    {
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = 4_000, _time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await SetAsync(client, QuotaEntity.UserType, "producer_byte_rate", 100);
        var produced = await client.AskAsync<ProduceRequest, ProduceResponse>(Requests.Produce("t", Requests.Batch(new string('x', 20_000))), 9);
        var next = await client.SendAsync(new ApiVersionsRequest(), 3);

        for (var ms = 0; ms < produced.ThrottleTimeMs; ms += 1000)
            _time.Advance(TimeSpan.FromSeconds(1));

        await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 3, next);
    }

    private static Task SetAsync(KafkaClient client, string entity, string key, double value) =>
        AlterAsync(client, Alteration(entity, new() { Key = key, Value = value }));

    private static async Task AlterAsync(KafkaClient client, AlterClientQuotasRequest request)
    {
        var altered = await client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(request, 1);
        Assert.Equal(ErrorCode.None, Assert.Single(altered.Entries).ErrorCode);
    }

    private static AlterClientQuotasRequest Alteration(string entity, AlterClientQuotasRequest.OpData op) =>
        new() { Entries = [new() { Entity = [new() { EntityType = entity }], Ops = [op] }] };
}
