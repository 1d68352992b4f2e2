using System.Text;
using Broker.Protocol.Messages;
using Broker.Records;
using static Broker.Protocol.Messages.FetchResponse;
using static Broker.Protocol.Messages.ProduceResponse;

namespace Broker.Tests.Support;

/// <summary>The requests most tests need, and what matters of their answers.</summary>
internal static class Requests
{
    public const short ProduceVersion = 9;
    public const short FetchVersion = 12;

    public static byte[] Batch(params string[] values)
    {
        var builder = new RecordBatchBuilder();
        foreach (var value in values)
            builder.Add(1_000, Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes(value));
        return builder.Build();
    }

    public static async Task CreateTopicAsync(this KafkaClient client, string name, int partitions = 1, params (string Name, string Value)[] configs)
    {
        var response = await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new CreateTopicsRequest.CreatableTopic
                    {
                        Name = name,
                        NumPartitions = partitions,
                        ReplicationFactor = 1,
                        Configs = configs.Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Name, Value = c.Value }).ToList(),
                    },
                ],
            },
            7);
        Assert.Equal(Protocol.ErrorCode.None, Assert.Single(response.Topics).ErrorCode);
    }

    public static ProduceRequest Produce(string topic, byte[] batch, short acks = -1, int partition = 0) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = topic,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = batch }],
            },
        ],
    };

    public static async Task<PartitionProduceResponse> ProduceAsync(this KafkaClient client, string topic, byte[] batch, short acks = -1, int partition = 0) =>
        Only(await client.AskAsync<ProduceRequest, ProduceResponse>(Produce(topic, batch, acks, partition), ProduceVersion));

    public static PartitionProduceResponse Only(ProduceResponse response) =>
        Assert.Single(Assert.Single(response.Responses).PartitionResponses);

    public static FetchRequest Fetch(
        string topic, long offset, int maxWaitMs = 0, int minBytes = 1, int maxBytes = 1 << 20, int partitionMaxBytes = 1 << 20, int partition = 0) => new()
        {
            MaxWaitMs = maxWaitMs,
            MinBytes = minBytes,
            MaxBytes = maxBytes,
            Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = topic,
                Partitions = [new FetchRequest.FetchPartition { Partition = partition, FetchOffset = offset, PartitionMaxBytes = partitionMaxBytes }],
            },
        ],
        };

    public static async Task<PartitionData> FetchAsync(this KafkaClient client, FetchRequest request) =>
        Only(await client.AskAsync<FetchRequest, FetchResponse>(request, FetchVersion));

    public static PartitionData Only(FetchResponse response) => Assert.Single(Assert.Single(response.Responses).Partitions);

    public static ListOffsetsRequest ListOffsets(string topic, long timestamp) => new()
    {
        Topics =
        [
            new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = topic,
                Partitions = [new ListOffsetsRequest.ListOffsetsPartition { Timestamp = timestamp }],
            },
        ],
    };

    public static DeleteRecordsRequest DeleteRecords(string topic, long offset) => new()
    {
        Topics =
        [
            new DeleteRecordsRequest.DeleteRecordsTopic
            {
                Name = topic,
                Partitions = [new DeleteRecordsRequest.DeleteRecordsPartition { Offset = offset }],
            },
        ],
    };

    /// <summary>The records of a fetch answer, as <c>offset:value</c>.</summary>
    public static string[] Records(this PartitionData data)
    {
        var found = new List<string>();
        ReadOnlySpan<byte> rest = data.Records.Bytes.Span;
        while (RecordBatch.TryTake(ref rest, out var batch, out _))
        {
            using var reader = new RecordReader(batch);
            while (reader.Read(out var record))
                found.Add($"{record.Offset}:{Encoding.UTF8.GetString(record.Value)}");
        }

        return [.. found];
    }
}
