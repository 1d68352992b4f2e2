using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

/// <summary>A disk that is really full, and what still works on it.</summary>
public sealed class FullDiskTests
{
    private const int Megabytes = 24;
    private static readonly byte[] Batch = Requests.Batch(new string('x', 100_000));
    private static readonly byte[] SmallBatch = Requests.Batch(new string('x', 1_000));

    [Fact]
    public async Task room_can_be_made_on_a_full_disk_and_then_records_are_taken_again()
    {
        await using var fileSystem = await SmallFileSystem.MountAsync(Megabytes);
        await using var broker = await TestBroker.StartAsync(o => o.OffsetsTopicNumPartitions = 1, directory: Path.Combine(fileSystem.Path, "data"));
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("segment.bytes", "1000000"));
        await client.CreateTopicAsync("other", 1, ("segment.bytes", "1000000"));
        for (var i = 0; i < 50; i++)
            Assert.Equal(ErrorCode.None, (await client.ProduceAsync("other", Batch)).ErrorCode);

        await FillAsync(client);
        Assert.NotEmpty((await client.FetchAsync(Requests.Fetch("t", 0))).Records());
        Assert.Equal(ErrorCode.KafkaStorageError, (await CreateAsync(client, "new")).ErrorCode);

        // Nor does it keep a broker from starting.
        await broker.RestartAsync();
        client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Batch)).ErrorCode);
        Assert.NotEmpty((await client.FetchAsync(Requests.Fetch("t", 0))).Records());

        var deleted = await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(Requests.DeleteRecords("t", 60), 2);
        Assert.Equal((ErrorCode.None, 60), (deleted.Topics[0].Partitions[0].ErrorCode, deleted.Topics[0].Partitions[0].LowWatermark));
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Batch)).ErrorCode);

        await FillAsync(client);
        var gone = await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["other"] }, 5);
        Assert.Equal(ErrorCode.None, Assert.Single(gone.Responses).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Batch)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await CreateAsync(client, "new")).ErrorCode);
    }

    /// <summary>To the last page, and on: a client that tries again takes every byte there is.</summary>
    private static async Task FillAsync(KafkaClient client)
    {
        foreach (var batch in new[] { Batch, SmallBatch })
        {
            var full = 0;
            for (var produced = 0; full < 20; produced++)
            {
                Assert.True(produced < Megabytes * 20, "The disk does not get full.");
                var answer = await client.ProduceAsync("t", batch);
                if (answer.ErrorCode == ErrorCode.None)
                    continue;
                Assert.Equal(ErrorCode.KafkaStorageError, answer.ErrorCode);
                full++;
            }
        }
    }

    private static async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(KafkaClient client, string name) =>
        Assert.Single((await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = name, NumPartitions = 50, ReplicationFactor = 1 }] }, 7)).Topics);
}
