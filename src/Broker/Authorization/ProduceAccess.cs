using Broker.Connections;
using Broker.Protocol.Messages;
using Broker.Records;

namespace Broker.Authorization;

/// <summary>
/// Whether a produce request may be part of a transaction. What counts is what the batches say, not what the request says of
/// itself: a transactional batch under no transactional id, or under somebody else's, must not get in (CVE-2018-17196).
/// </summary>
internal static class ProduceAccess
{
    public static bool DeniesTransaction(this RequestContext context, ProduceRequest request) =>
        HasTransactionalRecords(request)
        && (request.TransactionalId is null || !context.Allows(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId));

    private static bool HasTransactionalRecords(ProduceRequest request)
    {
        for (var t = 0; t < request.TopicData.Count; t++)
        {
            var partitions = request.TopicData[t].PartitionData;
            for (var p = 0; p < partitions.Count; p++)
            {
                if (partitions[p].Records is { } records && RecordBatchHeader.TryRead(records.Span, out var header) && header.IsTransactional)
                    return true;
            }
        }

        return false;
    }
}
