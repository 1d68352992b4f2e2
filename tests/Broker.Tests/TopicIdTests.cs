using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

/// <summary>From Produce 13 and Fetch 13 on topics come by id alone; an unknown id must never become some default topic.</summary>
public sealed class TopicIdTests
{
    [Fact]
    public async Task records_are_produced_and_fetched_by_topic_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.CreateTopicAsync("other");
        var id = Id(broker, "t");

        var produced = await ProduceAsync(client, id);
        var fetched = await FetchAsync(client, id);

        Assert.Equal((id, ErrorCode.None), (produced.TopicId, produced.PartitionResponses[0].ErrorCode));
        Assert.Equal(id, fetched.TopicId);
        Assert.Equal(["0:a"], fetched.Partitions[0].Records());
        Assert.Empty((await FetchAsync(client, Id(broker, "other"))).Partitions[0].Records());
    }

    [Fact]
    public async Task an_unknown_id_is_refused_and_nothing_is_written()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var gone = Id(broker, "t");
        await broker.Server.Topics.DeleteAsync(gone);
        await client.CreateTopicAsync("t");

        foreach (var id in new[] { gone, Guid.Empty })
        {
            Assert.Equal(ErrorCode.UnknownTopicId, (await ProduceAsync(client, id)).PartitionResponses[0].ErrorCode);
            Assert.Equal(ErrorCode.UnknownTopicId, (await FetchAsync(client, id)).Partitions[0].ErrorCode);
        }

        Assert.Empty((await FetchAsync(client, Id(broker, "t"))).Partitions[0].Records());
    }

    private static Guid Id(TestBroker broker, string name) => broker.Server.Topics.TryFind(name, out var topic) ? topic.Id : Guid.Empty;

    private static async Task<ProduceResponse.TopicProduceResponse> ProduceAsync(KafkaClient client, Guid id)
    {
        var request = Requests.Produce("", Requests.Batch("a"));
        request.TopicData[0].TopicId = id;
        return Assert.Single((await client.AskAsync<ProduceRequest, ProduceResponse>(request, 13)).Responses);
    }

    private static async Task<FetchResponse.FetchableTopicResponse> FetchAsync(KafkaClient client, Guid id)
    {
        var request = Requests.Fetch("", 0);
        request.Topics[0].TopicId = id;
        return Assert.Single((await client.AskAsync<FetchRequest, FetchResponse>(request, 18)).Responses);
    }
}
