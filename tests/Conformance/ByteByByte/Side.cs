using System.Net.Sockets;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Conformance.Support;

namespace Conformance.ByteByByte;

/// <summary>One of the two brokers that are asked the same: new, and with the same few things in it.</summary>
public sealed class Side(string bootstrapServers)
{
    /// <summary>Two partitions; three records in the first.</summary>
    public const string Topic = "numbers";

    /// <summary>Has a member that reads the topic.</summary>
    public const string LiveGroup = "live";

    /// <summary>Has a transaction that reaches partition 1.</summary>
    public const string OpenTransaction = "open";

    /// <summary>A topic with an access control entry, a client with a quota, and a user.</summary>
    public const string Known = "known";

    /// <summary>Has no members, and committed offset 2 of partition 0.</summary>
    public const string Group = "readers";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Guid TopicId { get; private set; }

    public async Task PrepareAsync()
    {
        using var client = await RawClient.ConnectAsync(bootstrapServers);
        await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = Topic, NumPartitions = 2, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "-1" }] }] }, 7);
        await UntilNoneAsync(() => client.AskAsync<ProduceRequest, ProduceResponse>(Produce(Topic, Records()), 9), a => a.Responses[0].PartitionResponses[0].ErrorCode);
        foreach (var keyType in (sbyte[])[0, 1])
            await UntilNoneAsync(() => client.AskAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new() { Key = Group, KeyType = keyType }, 2), a => a.ErrorCode);
        await UntilNoneAsync(
            () => client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionalId = "first", TransactionTimeoutMs = 1000 }, 4), a => a.ErrorCode);
        await UntilNoneAsync(() => client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(Commit(), 8), a => a.Topics[0].Partitions[0].ErrorCode);
        var metadata = await client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = Topic }] }, 12);
        TopicId = metadata.Topics[0].TopicId;
        await JoinAsync(client);
        await BeginAsync(client);
        await client.AskAsync<CreateAclsRequest, CreateAclsResponse>(SecurityExchanges.Create(Known, "User:a"), 3);
        await client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(SecurityExchanges.Quota(Known, "producer_byte_rate", 1e9), 1);
        await client.AskAsync<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(SecurityExchanges.Upsert(Known, 4096), 0);
    }

    private static async Task JoinAsync(RawClient client)
    {
        var joined = await client.AskAsync<JoinGroupRequest, JoinGroupResponse>(GroupExchanges.Join(LiveGroup, sessionMs: 600_000), 3);
        var synced = await client.AskAsync<SyncGroupRequest, SyncGroupResponse>(
            new() { GroupId = LiveGroup, GenerationId = 1, MemberId = joined.MemberId, Assignments = [new() { MemberId = joined.MemberId, Assignment = [7] }] }, 3);
        Assert.Equal(ErrorCode.None, synced.ErrorCode);
    }

    private static async Task BeginAsync(RawClient client)
    {
        var producer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(
            new() { TransactionalId = OpenTransaction, TransactionTimeoutMs = 600_000 }, 4);
        var records = new RecordBatchBuilder { ProducerId = producer.ProducerId, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }
            .Add(5_000, null, [1]).Build();
        var request = Produce(Topic, records, partition: 1);
        request.TransactionalId = OpenTransaction;
        await UntilNoneAsync(() => client.AskAsync<ProduceRequest, ProduceResponse>(request, 12), a => a.Responses[0].PartitionResponses[0].ErrorCode);
    }

    public static ProduceRequest Produce(string topic, byte[] records, int partition = 0) => new()
    {
        Acks = -1,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = records }] }],
    };

    public static byte[] Records() => new RecordBatchBuilder()
        .Add(1_000, [1], [10]).Add(3_000, null, [20], new RecordHeader("h", [3])).Add(2_000, [3], null).Build();

    /// <summary>The frame of the answer without its length; null when the connection was closed instead.</summary>
    public async Task<byte[]?> AskAsync<TRequest>(TRequest request, short version)
        where TRequest : IRequest<TRequest>
    {
        using var client = await RawClient.ConnectAsync(bootstrapServers);
        await client.SendAsync(request, version);
        try
        {
            return await client.ReceiveAsync();
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or SocketException)
        {
            return null;
        }
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        using var client = await RawClient.ConnectAsync(bootstrapServers);
        return await client.AskAsync<TRequest, TResponse>(request, version);
    }

    private static OffsetCommitRequest Commit() => new()
    {
        GroupId = Group,
        Topics = [new() { Name = Topic, Partitions = [new() { CommittedOffset = 2, CommittedLeaderEpoch = 0, CommittedMetadata = "m" }] }],
    };

    /// <summary>Apache Kafka makes topics before they are served, and its internal ones when they are first asked for.</summary>
    private static async Task UntilNoneAsync<T>(Func<Task<T>> ask, Func<T, ErrorCode> error) => await Scenarios.Driving.Eventually.Get(
        typeof(T).Name, async () => error(await ask()), code => code == ErrorCode.None, Patience);
}
