using System.Diagnostics.CodeAnalysis;
using Broker.Configuration;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>The one list of what is served. Dispatch and the ApiVersions answer are computed from it; nothing else names a version.</summary>
internal sealed class ApiTable
{
    private readonly Dictionary<ApiKey, Api> _rows;

    private ApiTable(IEnumerable<Api> rows) => _rows = rows.ToDictionary(r => r.Key);

    public IEnumerable<Api> Rows => _rows.Values.OrderBy(r => r.Key);

    public bool TryFind(ApiKey key, [NotNullWhen(true)] out Api? api) => _rows.TryGetValue(key, out api);

    public static ApiTable For(BrokerParts broker)
    {
        ApiTable? table = null;
        var produce = new ProduceHandler(broker.Topics, broker.Transactions, new BatchGate(broker.Time), broker.Metrics);
        var fetch = new FetchHandler(broker.Topics, broker.Options, broker.Metrics, broker.Logger);
        var settings = new ConfigEntries(broker.Config, broker.GroupConfigs);
        var alter = new AlterConfigsHandler(broker.Config, broker.Topics, broker.GroupConfigs, broker.Logger);
        return table = new ApiTable(
        [
            Api.Row<ProduceRequest, ProduceResponse>(3, 13, () => new ProduceExchange(produce), announcedMin: 0),
            Api.Row<FetchRequest, FetchResponse>(4, 18, () => new FetchExchange(fetch, broker.Time)),
            Api.Row<ListOffsetsRequest, ListOffsetsResponse>(1, 11, new ListOffsetsHandler(broker.Topics).HandleAsync),
            Api.Row<MetadataRequest, MetadataResponse>(0, 13, new MetadataHandler(broker.Options, broker.Identity, broker.Topics).HandleAsync),
            Api.Row<OffsetCommitRequest, OffsetCommitResponse>(2, 10, new OffsetCommitHandler(broker.Groups, broker.Topics).HandleAsync),
            Api.Row<OffsetFetchRequest, OffsetFetchResponse>(1, 10, new OffsetFetchHandler(broker.Groups, broker.Topics).HandleAsync),
            Api.Row<FindCoordinatorRequest, FindCoordinatorResponse>(0, 6, new FindCoordinatorHandler(broker.Options).HandleAsync),
            Api.Row<JoinGroupRequest, JoinGroupResponse>(0, 9, new JoinGroupHandler(broker.Groups).HandleAsync, overlaps: true),
            Api.Row<HeartbeatRequest, HeartbeatResponse>(0, 4, new HeartbeatHandler(broker.Groups).HandleAsync),
            Api.Row<LeaveGroupRequest, LeaveGroupResponse>(0, 5, new LeaveGroupHandler(broker.Groups).HandleAsync),
            Api.Row<SyncGroupRequest, SyncGroupResponse>(0, 5, new SyncGroupHandler(broker.Groups).HandleAsync, overlaps: true),
            Api.Row<DescribeGroupsRequest, DescribeGroupsResponse>(0, 6, new DescribeGroupsHandler(broker.Groups).HandleAsync),
            Api.Row<ListGroupsRequest, ListGroupsResponse>(0, 5, new ListGroupsHandler(broker.Groups).HandleAsync),
            Api.Row<SaslHandshakeRequest, SaslHandshakeResponse>(0, 1, SaslHandshakeHandler.HandleAsync),
            Api.Row<ApiVersionsRequest, ApiVersionsResponse>(0, 4, (request, context) => ApiVersionsHandler.HandleAsync(request, context, table!)),
            Api.Row<CreateTopicsRequest, CreateTopicsResponse>(2, 7, new CreateTopicsHandler(broker.Config, settings, broker.Topics).HandleAsync),
            Api.Row<DeleteTopicsRequest, DeleteTopicsResponse>(1, 6, new DeleteTopicsHandler(broker.Options, broker.Topics).HandleAsync),
            Api.Row<DeleteRecordsRequest, DeleteRecordsResponse>(0, 2, new DeleteRecordsHandler(broker.Topics).HandleAsync),
            Api.Row<InitProducerIdRequest, InitProducerIdResponse>(0, 5, new InitProducerIdHandler(broker.Identity, broker.Transactions).HandleAsync),
            Api.Row<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(2, 4, new OffsetForLeaderEpochHandler(broker.Topics).HandleAsync),
            Api.Row<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(0, 3, new AddPartitionsToTxnHandler(broker.Transactions, broker.Topics).HandleAsync),
            Api.Row<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(0, 4, new AddOffsetsToTxnHandler(broker.Transactions, broker.Groups).HandleAsync),
            Api.Row<EndTxnRequest, EndTxnResponse>(0, 5, new EndTxnHandler(broker.Transactions).HandleAsync),
            Api.Row<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(0, 5, new TxnOffsetCommitHandler(broker.Transactions, broker.Groups).HandleAsync),
            Api.Row<DescribeAclsRequest, DescribeAclsResponse>(1, 3, new DescribeAclsHandler(broker.Authorizer).HandleAsync),
            Api.Row<CreateAclsRequest, CreateAclsResponse>(1, 3, new CreateAclsHandler(broker.Authorizer, broker.Logger).HandleAsync),
            Api.Row<DeleteAclsRequest, DeleteAclsResponse>(1, 3, new DeleteAclsHandler(broker.Authorizer, broker.Logger).HandleAsync),
            Api.Row<DescribeConfigsRequest, DescribeConfigsResponse>(1, 4, new DescribeConfigsHandler(broker.Config, settings, broker.Topics).HandleAsync),
            Api.Row<AlterConfigsRequest, AlterConfigsResponse>(0, 2, alter.HandleAsync),
            Api.Row<DescribeLogDirsRequest, DescribeLogDirsResponse>(1, 5, new DescribeLogDirsHandler(broker.Directory, broker.Topics).HandleAsync),
            Api.Row<SaslAuthenticateRequest, SaslAuthenticateResponse>(0, 2, SaslAuthenticateHandler.HandleAsync),
            Api.Row<CreatePartitionsRequest, CreatePartitionsResponse>(0, 3, new CreatePartitionsHandler(broker.Options, broker.Topics).HandleAsync),
            Api.Row<DeleteGroupsRequest, DeleteGroupsResponse>(0, 2, new DeleteGroupsHandler(broker.Groups).HandleAsync),
            Api.Row<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(0, 1, alter.HandleAsync),
            Api.Row<OffsetDeleteRequest, OffsetDeleteResponse>(0, 0, new OffsetDeleteHandler(broker.Groups).HandleAsync),
            Api.Row<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(0, 0, new DescribeUserScramCredentialsHandler(broker.Scram).HandleAsync),
            Api.Row<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(0, 0, new AlterUserScramCredentialsHandler(broker.Scram, broker.Logger).HandleAsync),
            Api.Row<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(0, 1, new ConsumerGroupHeartbeatHandler(broker.Groups).HandleAsync),
            Api.Row<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(0, 1, new ConsumerGroupDescribeHandler(broker.Groups).HandleAsync),
            Api.Row<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(0, 1, new DescribeClientQuotasHandler(broker.Quotas).HandleAsync),
            Api.Row<AlterClientQuotasRequest, AlterClientQuotasResponse>(0, 1, new AlterClientQuotasHandler(broker.Quotas, broker.Logger).HandleAsync),
            Api.Row<DescribeClusterRequest, DescribeClusterResponse>(0, 2, new DescribeClusterHandler(broker.Options, broker.Identity).HandleAsync),
            Api.Row<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(0, 0, ListPartitionReassignmentsHandler.HandleAsync),
            Api.Row<ListConfigResourcesRequest, ListConfigResourcesResponse>(0, 1, new ListConfigResourcesHandler(broker.Options, broker.Topics, broker.GroupConfigs).HandleAsync),
            Api.Row<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(0, 0, new DescribeTopicPartitionsHandler(broker.Options, broker.Topics).HandleAsync),
            Api.Row<DescribeProducersRequest, DescribeProducersResponse>(0, 0, new DescribeProducersHandler(broker.Topics).HandleAsync),
            Api.Row<DescribeTransactionsRequest, DescribeTransactionsResponse>(0, 0, new DescribeTransactionsHandler(broker.Transactions).HandleAsync),
            Api.Row<ListTransactionsRequest, ListTransactionsResponse>(0, 2, new ListTransactionsHandler(broker.Transactions).HandleAsync),
        ]);
    }
}
