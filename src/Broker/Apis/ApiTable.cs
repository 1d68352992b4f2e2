using System.Diagnostics.CodeAnalysis;
using Broker.Diagnostics;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Apis;

/// <summary>The one list of what is served. Dispatch and the ApiVersions answer are computed from it; nothing else names a version.</summary>
internal sealed class ApiTable
{
    private readonly Dictionary<ApiKey, Api> _rows;

    private ApiTable(IEnumerable<Api> rows) => _rows = rows.ToDictionary(r => r.Key);

    public IEnumerable<Api> Rows => _rows.Values.OrderBy(r => r.Key);

    public bool TryFind(ApiKey key, [NotNullWhen(true)] out Api? api) => _rows.TryGetValue(key, out api);

    public static ApiTable For(
        BrokerOptions options,
        DataDirectory directory,
        BrokerIdentity identity,
        TopicCatalog topics,
        GroupCoordinator groups,
        BrokerMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        ApiTable? table = null;
        var produce = new ProduceHandler(topics, new BatchGate(), metrics, logger);
        var fetch = new FetchHandler(topics, options, time, metrics, logger);
        var alter = new AlterConfigsHandler(topics);
        return table = new ApiTable(
        [
            Api.Row<ProduceRequest, ProduceResponse>(3, 13, produce.HandleAsync, overlaps: true, announcedMin: 0),
            Api.Row<FetchRequest, FetchResponse>(4, 18, fetch.HandleAsync, overlaps: true),
            Api.Row<ListOffsetsRequest, ListOffsetsResponse>(1, 11, new ListOffsetsHandler(topics).HandleAsync),
            Api.Row<MetadataRequest, MetadataResponse>(0, 13, new MetadataHandler(options, identity, topics).HandleAsync),
            Api.Row<OffsetCommitRequest, OffsetCommitResponse>(2, 9, new OffsetCommitHandler(groups).HandleAsync),
            Api.Row<OffsetFetchRequest, OffsetFetchResponse>(1, 9, new OffsetFetchHandler(groups).HandleAsync),
            Api.Row<FindCoordinatorRequest, FindCoordinatorResponse>(0, 6, new FindCoordinatorHandler(options).HandleAsync),
            Api.Row<JoinGroupRequest, JoinGroupResponse>(0, 9, new JoinGroupHandler(groups).HandleAsync, overlaps: true),
            Api.Row<HeartbeatRequest, HeartbeatResponse>(0, 4, new HeartbeatHandler(groups).HandleAsync),
            Api.Row<LeaveGroupRequest, LeaveGroupResponse>(0, 5, new LeaveGroupHandler(groups).HandleAsync),
            Api.Row<SyncGroupRequest, SyncGroupResponse>(0, 5, new SyncGroupHandler(groups).HandleAsync, overlaps: true),
            Api.Row<DescribeGroupsRequest, DescribeGroupsResponse>(0, 6, new DescribeGroupsHandler(groups).HandleAsync),
            Api.Row<ListGroupsRequest, ListGroupsResponse>(0, 5, new ListGroupsHandler(groups).HandleAsync),
            Api.Row<ApiVersionsRequest, ApiVersionsResponse>(0, 4, (request, context) => ApiVersionsHandler.HandleAsync(request, context, table!)),
            Api.Row<CreateTopicsRequest, CreateTopicsResponse>(2, 7, new CreateTopicsHandler(options, topics).HandleAsync),
            Api.Row<DeleteTopicsRequest, DeleteTopicsResponse>(1, 6, new DeleteTopicsHandler(options, topics, groups).HandleAsync),
            Api.Row<DeleteRecordsRequest, DeleteRecordsResponse>(0, 2, new DeleteRecordsHandler(topics).HandleAsync),
            Api.Row<InitProducerIdRequest, InitProducerIdResponse>(0, 5, new InitProducerIdHandler(identity).HandleAsync),
            Api.Row<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(2, 4, new OffsetForLeaderEpochHandler(topics).HandleAsync),
            Api.Row<DescribeConfigsRequest, DescribeConfigsResponse>(1, 4, new DescribeConfigsHandler(options, topics).HandleAsync),
            Api.Row<AlterConfigsRequest, AlterConfigsResponse>(0, 2, alter.HandleAsync),
            Api.Row<DescribeLogDirsRequest, DescribeLogDirsResponse>(1, 4, new DescribeLogDirsHandler(directory, topics).HandleAsync),
            Api.Row<CreatePartitionsRequest, CreatePartitionsResponse>(0, 3, new CreatePartitionsHandler(options, topics).HandleAsync),
            Api.Row<DeleteGroupsRequest, DeleteGroupsResponse>(0, 2, new DeleteGroupsHandler(groups).HandleAsync),
            Api.Row<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(0, 1, alter.HandleAsync),
            Api.Row<OffsetDeleteRequest, OffsetDeleteResponse>(0, 0, new OffsetDeleteHandler(groups).HandleAsync),
            Api.Row<DescribeClusterRequest, DescribeClusterResponse>(0, 2, new DescribeClusterHandler(options, identity).HandleAsync),
        ]);
    }
}
