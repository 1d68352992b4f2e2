using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Conformance.Support;

namespace Conformance;

/// <summary>Newer clients name topics by id. An id nobody knows is an error and never some other topic.</summary>
public class TopicIdTests(TestBroker broker)
{
    private static readonly byte[] Batch = new RecordBatchBuilder().Add(1_700_000_000_000, [1], [2]).Build();

    [Fact]
    public async Task records_produced_by_id_are_fetched_by_id_and_by_name()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var id = await IdOfAsync(client, topic);

        var produced = await ProduceAsync(client, id);
        var byId = await FetchAsync(client, new() { TopicId = id, Partitions = [new() { PartitionMaxBytes = 1000 }] }, version: 13);
        var byName = await FetchAsync(client, new() { Topic = topic, Partitions = [new() { PartitionMaxBytes = 1000 }] }, version: 12);

        Assert.Equal((ErrorCode.None, 0L), (produced.ErrorCode, produced.BaseOffset));
        Assert.Equal(Batch.Length, byId.Records.Length);
        Assert.Equal(byName.Records.Bytes.ToArray(), byId.Records.Bytes.ToArray());
    }

    [Fact]
    public async Task the_id_of_a_deleted_topic_is_unknown_even_when_its_name_lives_again()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var id = await IdOfAsync(client, topic);
        using var admin = broker.Admin();
        await admin.DeleteTopicsAsync([topic]);
        await broker.ForgetsAsync(topic);
        await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = 1 }]);
        await broker.ServesAsync(topic);

        Assert.Equal(ErrorCode.UnknownTopicId, (await ProduceAsync(client, id)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicId, (await FetchAsync(client, new() { TopicId = id, Partitions = [new()] }, version: 13)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicId, Assert.Single((await MetadataAsync(client, new() { TopicId = id })).Topics).ErrorCode);
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("11111111-2222-3333-4444-555555555555")]
    public async Task an_id_nobody_gave_is_unknown(string id)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.UnknownTopicId, (await ProduceAsync(client, Guid.Parse(id))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicId, (await FetchAsync(client, new() { TopicId = Guid.Parse(id), Partitions = [new()] }, version: 13)).ErrorCode);
    }

    [Fact]
    public async Task metadata_finds_a_topic_by_id_and_a_topic_can_be_deleted_by_it()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var id = await IdOfAsync(client, topic);

        var found = Assert.Single((await MetadataAsync(client, new() { TopicId = id })).Topics);
        var deleted = await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TimeoutMs = 10_000, Topics = [new() { TopicId = id }] }, version: 6);

        Assert.Equal((ErrorCode.None, topic), (found.ErrorCode, found.Name));
        Assert.Equal((ErrorCode.None, topic), (deleted.Responses.Single().ErrorCode, deleted.Responses.Single().Name));
    }

    private static async Task<Guid> IdOfAsync(RawClient client, string topic)
    {
        var id = Assert.Single((await MetadataAsync(client, new() { Name = topic })).Topics).TopicId;
        Assert.NotEqual(Guid.Empty, id);
        return id;
    }

    private static Task<MetadataResponse> MetadataAsync(RawClient client, MetadataRequest.MetadataRequestTopic topic) =>
        client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [topic], AllowAutoTopicCreation = false }, version: 12);

    private static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(RawClient client, Guid id)
    {
        var answer = await client.AskAsync<ProduceRequest, ProduceResponse>(
            new() { Acks = -1, TimeoutMs = 10_000, TopicData = [new() { TopicId = id, PartitionData = [new() { Records = Batch.ToArray() }] }] }, version: 13);
        return Assert.Single(Assert.Single(answer.Responses).PartitionResponses);
    }

    private static async Task<FetchResponse.PartitionData> FetchAsync(RawClient client, FetchRequest.FetchTopic topic, short version)
    {
        var answer = await client.AskAsync<FetchRequest, FetchResponse>(new() { MaxBytes = 1 << 20, Topics = [topic] }, version);
        return Assert.Single(Assert.Single(answer.Responses).Partitions);
    }
}
