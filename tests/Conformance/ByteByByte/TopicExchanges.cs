using Broker.Protocol.Messages;

namespace Conformance.ByteByByte;

/// <summary>Topics, where they are, and what is in their logs.</summary>
internal static class TopicExchanges
{
    private static readonly Guid NoSuchId = new("22222222-2222-2222-2222-222222222222");

    public static IEnumerable<Exchange> All =>
    [
        Exchange.Of<MetadataRequest, MetadataResponse>("a topic", (_, _) => new() { Topics = [new() { Name = Side.Topic }] }),
        Exchange.Of<MetadataRequest, MetadataResponse>("an unknown topic", (_, _) => new() { Topics = [new() { Name = "none" }], AllowAutoTopicCreation = false }),
        Exchange.Of<MetadataRequest, MetadataResponse>("an illegal name", (_, _) => new() { Topics = [new() { Name = "a/b" }] }),
        Exchange.Of<MetadataRequest, MetadataResponse>("no topic", (_, _) => new() { Topics = [] }, from: 1),
        Exchange.Of<MetadataRequest, MetadataResponse>("all topics", (_, version) => new() { Topics = version == 0 ? [] : null }, OnlyOwn),
        Exchange.Of<MetadataRequest, MetadataResponse>("an id", (side, _) => new() { Topics = [new() { TopicId = side.TopicId }] }, from: 12),
        Exchange.Of<MetadataRequest, MetadataResponse>("an unknown id", (_, _) => new() { Topics = [new() { TopicId = NoSuchId }] }, from: 12),
        Exchange.Of<MetadataRequest, MetadataResponse>("what may be done", (_, _) => new()
        {
            Topics = [new() { Name = Side.Topic }],
            IncludeClusterAuthorizedOperations = true,
            IncludeTopicAuthorizedOperations = true,
        }, from: 8),
        Exchange.Of<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>("a topic and an unknown one", (_, _) => new() { Topics = [new() { Name = "none" }, new() { Name = Side.Topic }] }),
        Exchange.Of<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>("a page", (_, _) => new() { Topics = [new() { Name = Side.Topic }], ResponsePartitionLimit = 1 }),
        Exchange.Of<DescribeClusterRequest, DescribeClusterResponse>("the cluster", (_, _) => new()),
        Exchange.Of<DescribeClusterRequest, DescribeClusterResponse>("what may be done", (_, _) => new() { IncludeClusterAuthorizedOperations = true }),
        Exchange.Of<DescribeClusterRequest, DescribeClusterResponse>("controllers", (_, _) => new() { EndpointType = 2 }, from: 1),

        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("a new topic", (_, version) => Create($"created-{version}", 2, 1), WithoutDefaults),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("with a setting", (_, version) => Create($"set-{version}", 1, 1, ("cleanup.policy", "compact")), WithoutDefaults),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("a topic that exists", (_, _) => Create(Side.Topic, 1, 1)),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("an illegal name", (_, _) => Create("a/b", 1, 1)),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("no partitions", (_, _) => Create("none", 0, 1)),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("too many replicas", (_, _) => Create("none", 1, 3)),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("an unknown setting", (_, _) => Create("none", 1, 1, ("no.such", "1"))),
        Exchange.Of<CreateTopicsRequest, CreateTopicsResponse>("a setting out of range", (_, _) => Create("none", 1, 1, ("segment.bytes", "-1"))),
        Exchange.Of<CreatePartitionsRequest, CreatePartitionsResponse>("of an unknown topic", (_, _) => new() { Topics = [new() { Name = "none", Count = 3, Assignments = null }], TimeoutMs = 30_000 }),
        Exchange.Of<CreatePartitionsRequest, CreatePartitionsResponse>("fewer", (_, _) => new() { Topics = [new() { Name = Side.Topic, Count = 1, Assignments = null }], TimeoutMs = 30_000 }),
        Exchange.Of<CreatePartitionsRequest, CreatePartitionsResponse>("more, to be validated", (_, _) => new() { Topics = [new() { Name = Side.Topic, Count = 3, Assignments = null }], ValidateOnly = true, TimeoutMs = 30_000 }),
        Exchange.Of<DeleteTopicsRequest, DeleteTopicsResponse>("an unknown topic", (_, version) => Delete(version, "none")),
        Exchange.Of<DeleteTopicsRequest, DeleteTopicsResponse>("an unknown id", (_, _) => new() { Topics = [new() { TopicId = NoSuchId }], TimeoutMs = 30_000 }, from: 6),
        Exchange.Of<DeleteTopicsRequest, DeleteTopicsResponse>("a name and an id", (side, _) => new() { Topics = [new() { Name = Side.Topic, TopicId = side.TopicId }], TimeoutMs = 30_000 }, from: 6),
        Exchange.Of<DeleteRecordsRequest, DeleteRecordsResponse>("from its start", (_, _) => DeleteRecords(Side.Topic, 0, 0)),
        Exchange.Of<DeleteRecordsRequest, DeleteRecordsResponse>("behind its end", (_, _) => DeleteRecords(Side.Topic, 0, 100)),
        Exchange.Of<DeleteRecordsRequest, DeleteRecordsResponse>("of an unknown topic", (_, _) => DeleteRecords("none", 0, 0)),
        Exchange.Of<DeleteRecordsRequest, DeleteRecordsResponse>("of an unknown partition", (_, _) => DeleteRecords(Side.Topic, 9, 0)),
        Exchange.Of<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>("all", (_, _) => new()),
        Exchange.Of<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>("of a topic", (_, _) => new() { Topics = [new() { Name = Side.Topic, PartitionIndexes = [0] }] }),
        Exchange.Of<DescribeLogDirsRequest, DescribeLogDirsResponse>("of a topic", (_, _) => new() { Topics = [new() { Topic = Side.Topic, Partitions = [0] }] }, WithoutDisk),
        Exchange.Of<DescribeLogDirsRequest, DescribeLogDirsResponse>("of an unknown topic", (_, _) => new() { Topics = [new() { Topic = "none", Partitions = [0] }] }, WithoutDisk),
    ];

    private static CreateTopicsRequest Create(string name, int partitions, short replicas, params (string Name, string Value)[] settings) => new()
    {
        Topics =
        [
            new()
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = replicas,
                Configs = [.. settings.Select(s => new CreateTopicsRequest.CreatableTopicConfig { Name = s.Name, Value = s.Value })],
            },
        ],
        TimeoutMs = 30_000,
    };

    private static DeleteTopicsRequest Delete(short version, string name) =>
        version >= 6 ? new() { Topics = [new() { Name = name }], TimeoutMs = 30_000 } : new() { TopicNames = [name], TimeoutMs = 30_000 };

    private static DeleteRecordsRequest DeleteRecords(string topic, int partition, long offset) =>
        new() { Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Offset = offset }] }], TimeoutMs = 30_000 };

    /// <summary>The topic that both have; others are made by other questions, and the internal ones have the partitions they were given.</summary>
    private static void OnlyOwn(MetadataResponse response) => response.Topics = [.. response.Topics.Where(t => t.Name == Side.Topic)];

    /// <summary>Of the settings in an answer only those that were given: defaults are compared with DescribeConfigs.</summary>
    private static void WithoutDefaults(CreateTopicsResponse response)
    {
        const sbyte dynamicTopicConfig = 1;
        foreach (var topic in response.Topics)
            topic.Configs = topic.Configs is null ? null : [.. topic.Configs.Where(c => c.ConfigSource == dynamicTopicConfig)];
    }

    private static void WithoutDisk(DescribeLogDirsResponse response)
    {
        foreach (var directory in response.Results)
        {
            (directory.LogDir, directory.TotalBytes, directory.UsableBytes) = ("", 0, 0);
            foreach (var partition in directory.Topics.SelectMany(t => t.Partitions))
                partition.PartitionSize = long.Sign(partition.PartitionSize);
        }
    }
}
