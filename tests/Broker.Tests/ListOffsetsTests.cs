using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class ListOffsetsTests
{
    [Theory]
    [InlineData(-1, 4, -1)]
    [InlineData(-2, 1, -1)]
    [InlineData(-3, 2, 300)]
    [InlineData(-4, 1, -1)]
    [InlineData(-5, -1, -1)]
    [InlineData(0, 1, 200)]
    [InlineData(201, 2, 300)]
    [InlineData(301, -1, -1)]
    public async Task an_offset_is_found_by_time(long timestamp, long offset, long found)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        foreach (var time in new[] { 100, 200, 300, 250 })
            await client.ProduceAsync("t", new RecordBatchBuilder().Add(time, null, [1]).Build());
        await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(Requests.DeleteRecords("t", 1), 2);

        var answer = await AskAsync(client, "t", timestamp, 9);

        Assert.Equal((ErrorCode.None, offset, found), (answer.ErrorCode, answer.Offset, answer.Timestamp));
    }

    [Fact]
    public async Task what_a_version_does_not_know_is_refused_in_the_partition()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        Assert.Equal(ErrorCode.UnsupportedVersion, (await AskAsync(client, "t", -3, 6)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(client, "missing", -1, 6)).ErrorCode);
    }

    private static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> AskAsync(KafkaClient client, string topic, long timestamp, short version) =>
        (await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(Requests.ListOffsets(topic, timestamp), version)).Topics[0].Partitions[0];
}
