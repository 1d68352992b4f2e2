using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Topics;
using static Broker.Protocol.Messages.DescribeLogDirsResponse;

namespace Broker.Apis;

/// <summary>DescribeLogDirs 1-5: the one data directory and what each partition takes of it.</summary>
internal sealed class DescribeLogDirsHandler(DataDirectory directory, TopicCatalog topics)
{
    public ValueTask<DescribeLogDirsResponse?> HandleAsync(DescribeLogDirsRequest request, RequestContext context)
    {
        if (!context.AllowsCluster(AclOperation.Describe))
            return new(new DescribeLogDirsResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed });

        // Sets, so that a long list of partitions is not walked for each that there is.
        var asked = request.Topics?.ToLookup(t => t.Topic, t => t.Partitions.ToHashSet());
        var described =
            from topic in topics.All
            where asked is null || asked.Contains(topic.Name)
            select new DescribeLogDirsTopic
            {
                Name = topic.Name,
                Partitions = (
                    from partition in topic.Partitions
                    where partition.IsOnline && (asked is null || asked[topic.Name].Any(p => p.Contains(partition.Index)))
                    select new DescribeLogDirsPartition { PartitionIndex = partition.Index, PartitionSize = partition.Log?.SizeInBytes ?? 0 }).ToList(),
            };
        var (totalBytes, usableBytes) = directory.Space;
        return new(new DescribeLogDirsResponse
        {
            Results =
            [
                new DescribeLogDirsResult
                {
                    LogDir = directory.Path,
                    Topics = described.Where(t => t.Partitions.Count > 0).ToList(),
                    TotalBytes = totalBytes,
                    UsableBytes = usableBytes,
                },
            ],
        });
    }
}
