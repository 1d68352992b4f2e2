using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What passes on the wire before and beside the payload, seen by a client that sends raw frames.</summary>
public class NegotiationTests(TestBroker broker)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task every_version_of_api_versions_is_answered(short version)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(new ApiVersionsRequest { ClientSoftwareName = "raw", ClientSoftwareVersion = "1.0" }, version);
        var answer = await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, version);

        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        Assert.Contains(answer.ApiKeys, api => api is { ApiKey: ApiKey.ApiVersions, MinVersion: 0, MaxVersion: >= 4 });
        Assert.Contains(answer.ApiKeys, api => api is { ApiKey: ApiKey.Produce, MinVersion: 0 });
    }

    [Fact]
    public async Task an_unknown_version_of_api_versions_is_answered_in_the_oldest_form_and_the_connection_stays()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(0, 0, 0, 11, 0, 18, 0x00, 0x63, 0, 0, 0, 1, 0xFF, 0xFF, 0);
        var refused = await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0);
        await client.SendAsync(new ApiVersionsRequest(), version: 0, correlationId: 2);
        var answer = await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, correlationId: 2);

        Assert.Equal(ErrorCode.UnsupportedVersion, refused.ErrorCode);
        Assert.Contains(refused.ApiKeys, api => api.ApiKey == ApiKey.ApiVersions);
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
    }

    [Fact]
    public async Task client_software_names_must_follow_the_rule()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(new ApiVersionsRequest { ClientSoftwareName = "-", ClientSoftwareVersion = "1.0" }, version: 3);

        Assert.Equal(ErrorCode.InvalidRequest, (await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 3)).ErrorCode);
    }

    [Fact]
    public async Task answers_come_in_the_order_of_the_requests()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var fetch = new FetchRequest
        {
            MaxWaitMs = 500,
            MinBytes = 1,
            MaxBytes = 1 << 20,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }],
        };

        await client.SendAsync(fetch, version: 11, correlationId: 1);
        await client.SendAsync(new MetadataRequest { Topics = [] }, version: 9, correlationId: 2);
        await client.SendAsync(new ApiVersionsRequest(), version: 0, correlationId: 3);

        await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 11, correlationId: 1);
        await client.ReceiveAsync<MetadataResponse>(ApiKey.Metadata, 9, correlationId: 2);
        await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, correlationId: 3);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task an_empty_fetch_carries_zero_bytes_of_records_and_never_null(short version)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(new FetchRequest { MaxBytes = 1000, Topics = [new() { Topic = topic, Partitions = [new() { PartitionMaxBytes = 1000 }] }] }, version);
        var frame = await client.ReceiveAsync();

        // The records are the last field: an int of zero, or a compact zero and the empty tagged fields of partition, topic and answer.
        Assert.Equal(version >= 12 ? [1, 0, 0, 0] : [0, 0, 0, 0], frame[^4..]);
    }

    [Fact]
    public async Task bytes_behind_the_last_field_are_ignored()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(0, 0, 0, 13, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF, 7, 8, 9);

        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0)).ErrorCode);
    }

    [Fact]
    public async Task a_produce_without_acks_gets_no_answer()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(new ProduceRequest { Acks = 0, TimeoutMs = 1000, TopicData = [] }, version: 7, correlationId: 1);
        await client.SendAsync(new MetadataRequest { Topics = [new() { Name = topic }] }, version: 9, correlationId: 2);

        await client.ReceiveAsync<MetadataResponse>(ApiKey.Metadata, 9, correlationId: 2);
    }

    [Fact]
    public async Task a_produce_without_acks_that_fails_closes_the_connection()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var request = new ProduceRequest
        {
            Acks = 0,
            TimeoutMs = 1000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = 99, Records = Array.Empty<byte>() }] }],
        };

        await client.SendAsync(request, version: 7);

        Assert.True(await client.IsClosedAsync());
    }
}
