using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using Broker.Topics;

namespace Broker.Tests;

public sealed class TrafficTests
{
    [Fact]
    public async Task topics_that_are_gone_are_forgotten()
    {
        await using var broker = await TestBroker.StartAsync();
        var topics = broker.Server.Topics;
        var traffic = new Traffic(TimeProvider.System, topics);
        for (var i = 0; i < 20; i++)
        {
            var topic = await topics.CreateAsync($"t{i}", 1, new Dictionary<string, string?>());
            traffic.Add(topic, 10);
            traffic.Add(topic, 10);
            Assert.Equal([($"t{i}", 2L, 20L)], traffic.Describe().Select(t => (t.Topic, t.Batches, t.Bytes)));
            await topics.DeleteAsync(topic.Id);
            Assert.Empty(traffic.Describe());
            Assert.Equal(1, traffic.Topics);
        }
    }

    [Fact]
    public async Task a_topic_of_the_same_name_begins_anew_and_the_sum_of_all_never_falls()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var batch = Requests.Batch("a");
        for (var round = 1; round <= 2; round++)
        {
            await client.CreateTopicAsync("t");
            await client.ProduceAsync("t", batch);
            await client.FetchAsync(Requests.Fetch("t", 0));
            var own = broker.Server.Topics.FindPartition("t", 0)!.Counts;
            var all = broker.Server.Topics.Counts;
            foreach (var (counter, count) in new[]
                { (TopicCounter.MessagesIn, 1), (TopicCounter.BytesIn, batch.Length), (TopicCounter.BytesOut, batch.Length), (TopicCounter.ProduceRequests, 1), (TopicCounter.FetchRequests, 1) })
            {
                Assert.Equal((count, round * count), (own[counter], all[counter]));
            }

            await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["t"] }, 5);
            Assert.Equal(round, broker.Server.Topics.Counts[TopicCounter.MessagesIn]);
        }
    }

    [Fact]
    public async Task what_is_refused_is_counted_as_that()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", configs: ("max.message.bytes", "100"));
        var large = Requests.Batch(new string('x', 200));

        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("t", large)).ErrorCode);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(Requests.Fetch("t", 7))).ErrorCode);

        var counts = broker.Server.Topics.FindPartition("t", 0)!.Counts;
        Assert.Equal((1, 1, large.Length), (counts[TopicCounter.ProduceRequests], counts[TopicCounter.FailedProduceRequests], counts[TopicCounter.BytesRejected]));
        Assert.Equal((1, 1, 0), (counts[TopicCounter.FetchRequests], counts[TopicCounter.FailedFetchRequests], counts[TopicCounter.BytesOut]));
        Assert.Equal(0, counts[TopicCounter.MessagesIn]);
    }

    [Fact]
    public async Task a_producer_that_wants_no_answer_is_seen_at_its_connection()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var batch = Requests.Batch("a");

        await client.SendAsync(Requests.Produce("t", batch, acks: 0), Requests.ProduceVersion);
        await client.FetchAsync(Requests.Fetch("t", 0));

        var produced = Assert.Single(Assert.Single(broker.Server.DescribeConnections()).Produces);
        Assert.Equal(("t", 1L, (long)batch.Length), (produced.Topic, produced.Batches, produced.Bytes));
    }
}
