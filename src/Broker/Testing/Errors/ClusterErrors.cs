using Broker.Protocol.Messages;

namespace Broker.Testing.Errors;

/// <summary>Answers to requests about the broker itself.</summary>
internal static class ClusterErrors
{
    public static IReadOnlyList<ErrorAnswer> Answers { get; } =
    [
        ErrorAnswer.For<ApiVersionsRequest>((_, error) => new ApiVersionsResponse { ErrorCode = error }),
        ErrorAnswer.For<DescribeClusterRequest>((_, error) => new DescribeClusterResponse { ErrorCode = error }),
        ErrorAnswer.For<ListConfigResourcesRequest>((_, error) => new ListConfigResourcesResponse { ErrorCode = error }),
        ErrorAnswer.For<ListPartitionReassignmentsRequest>((_, error) => new ListPartitionReassignmentsResponse { ErrorCode = error }),
        ErrorAnswer.For<DescribeLogDirsRequest>((_, error) => new DescribeLogDirsResponse { ErrorCode = error }),
    ];
}
