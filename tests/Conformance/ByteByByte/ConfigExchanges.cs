using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Conformance.ByteByByte;

/// <summary>Settings, and what is announced.</summary>
internal static class ConfigExchanges
{
    private const sbyte Topic = 2;
    private const sbyte BrokerType = 4;
    private const sbyte Group = 32;

    /// <summary>What Apache Kafka announces and ours does not.</summary>
    private static readonly ApiKey[] NotServed =
    [
        ApiKey.WriteTxnMarkers, ApiKey.AlterReplicaLogDirs, ApiKey.CreateDelegationToken, ApiKey.RenewDelegationToken, ApiKey.ExpireDelegationToken,
        ApiKey.DescribeDelegationToken, ApiKey.ElectLeaders, ApiKey.AlterPartitionReassignments, ApiKey.DescribeQuorum, ApiKey.UpdateFeatures,
        ApiKey.UnregisterBroker, ApiKey.ShareGroupHeartbeat, ApiKey.ShareGroupDescribe, ApiKey.ShareFetch, ApiKey.ShareAcknowledge,
        ApiKey.AddRaftVoter, ApiKey.RemoveRaftVoter, ApiKey.InitializeShareGroupState, ApiKey.ReadShareGroupState, ApiKey.WriteShareGroupState,
        ApiKey.DeleteShareGroupState, ApiKey.ReadShareGroupStateSummary, ApiKey.StreamsGroupHeartbeat, ApiKey.StreamsGroupDescribe,
        ApiKey.DescribeShareGroupOffsets, ApiKey.AlterShareGroupOffsets, ApiKey.DeleteShareGroupOffsets,
    ];

    public static IEnumerable<Exchange> All =>
    [
        Exchange.Of<ApiVersionsRequest, ApiVersionsResponse>("what is served", (_, _) => Greeting("raw"), OnlyAnnounced),
        Exchange.Of<ApiVersionsRequest, ApiVersionsResponse>("by nameless software", (_, _) => Greeting("-"), from: 3),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("a setting", (_, _) => Describe(Topic, Side.Topic, "retention.ms")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("all of a topic", (_, _) => Describe(Topic, Side.Topic), WithoutWhatIsFixed),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("an unknown setting", (_, _) => Describe(Topic, Side.Topic, "no.such")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("of an unknown topic", (_, _) => Describe(Topic, "none")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("of a broker", (_, _) => Describe(BrokerType, "1", "message.max.bytes")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("of an unknown broker", (_, _) => Describe(BrokerType, "77")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("of a broker without number", (_, _) => Describe(BrokerType, "x")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("of a group", (_, _) => Describe(Group, "none", "consumer.session.timeout.ms")),
        Exchange.Of<DescribeConfigsRequest, DescribeConfigsResponse>("of an unknown kind", (_, _) => Describe(99, "x")),
        Exchange.Of<AlterConfigsRequest, AlterConfigsResponse>("a topic", (_, _) => Alter(Topic, Side.Topic, "retention.ms", "-1")),
        Exchange.Of<AlterConfigsRequest, AlterConfigsResponse>("an unknown setting", (_, _) => Alter(Topic, Side.Topic, "no.such", "1")),
        Exchange.Of<AlterConfigsRequest, AlterConfigsResponse>("of an unknown topic", (_, _) => Alter(Topic, "none", "retention.ms", "1")),
        Exchange.Of<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>("a topic", (_, _) => Increment(Topic, Side.Topic, "retention.ms", "-1")),
        Exchange.Of<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>("a bad value", (_, _) => Increment(Topic, Side.Topic, "retention.ms", "soon")),
        Exchange.Of<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>("an unknown setting", (_, _) => Increment(Topic, Side.Topic, "no.such", "1")),
        Exchange.Of<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>("of an unknown topic", (_, _) => Increment(Topic, "none", "retention.ms", "1")),
        Exchange.Of<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>("of an unknown kind", (_, _) => Increment(99, "x", "retention.ms", "1")),
        Exchange.Of<ListConfigResourcesRequest, ListConfigResourcesResponse>("groups", (_, _) => new() { ResourceTypes = [Group] }, from: 1),
        Exchange.Of<ListConfigResourcesRequest, ListConfigResourcesResponse>("brokers", (_, _) => new() { ResourceTypes = [BrokerType] }, from: 1),
        Exchange.Of<ListConfigResourcesRequest, ListConfigResourcesResponse>("of an unknown kind", (_, _) => new() { ResourceTypes = [99] }, from: 1),
    ];

    private static ApiVersionsRequest Greeting(string name) => new() { ClientSoftwareName = name, ClientSoftwareVersion = "1" };

    private static DescribeConfigsRequest Describe(sbyte type, string name, params string[] keys) => new()
    {
        Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = keys.Length == 0 ? null : keys }],
        IncludeSynonyms = true,
        IncludeDocumentation = true,
    };

    private static AlterConfigsRequest Alter(sbyte type, string name, string key, string value) =>
        new() { Resources = [new() { ResourceType = type, ResourceName = name, Configs = [new() { Name = key, Value = value }] }] };

    private static IncrementalAlterConfigsRequest Increment(sbyte type, string name, string key, string value) =>
        new() { Resources = [new() { ResourceType = type, ResourceName = name, Configs = [new() { Name = key, Value = value }] }] };

    /// <summary>
    /// Of Kafka's list what ours has too. Versions 4 and 5 of AddPartitionsToTxn are between brokers; its features for other roles and
    /// its epoch are its own.
    /// </summary>
    private static void OnlyAnnounced(ApiVersionsResponse response)
    {
        response.ApiKeys = [.. response.ApiKeys.Where(a => !NotServed.Contains(a.ApiKey)).OrderBy(a => a.ApiKey)];
        foreach (var api in response.ApiKeys.Where(a => a.ApiKey == ApiKey.AddPartitionsToTxn))
            api.MaxVersion = 3;
        response.SupportedFeatures = [.. response.SupportedFeatures.Where(f => f.Name is "group.version" or "transaction.version").OrderBy(f => f.Name, StringComparer.Ordinal)];
        response.FinalizedFeatures = [.. response.FinalizedFeatures.Where(f => f.Name is "group.version" or "transaction.version").OrderBy(f => f.Name, StringComparer.Ordinal)];
        response.FinalizedFeaturesEpoch = 0;
    }

    /// <summary>
    /// Ours has one setting more, and one value for what only a cluster can choose, for which it names no synonyms. Kafka 4.3 sets
    /// min.insync.replicas for the whole cluster.
    /// </summary>
    private static void WithoutWhatIsFixed(DescribeConfigsResponse response)
    {
        string[] different =
        [
            "write.caching", "file.delete.delay.ms", "min.insync.replicas", "compression.gzip.level", "compression.lz4.level", "compression.zstd.level",
            "local.retention.bytes", "local.retention.ms", "unclean.leader.election.enable",
        ];
        foreach (var result in response.Results)
            result.Configs = [.. result.Configs.Where(c => !different.Contains(c.Name)).OrderBy(c => c.Name, StringComparer.Ordinal)];
    }
}
