using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Groups.Consumer;

/// <summary>What a ConsumerGroupHeartbeat must and may say, whatever the group; in Kafka's words.</summary>
internal static class HeartbeatRules
{
    private const short FirstWithOwnMemberId = 1;

    /// <exception cref="GroupFaultException">The request is refused.</exception>
    public static void Check(ConsumerGroupHeartbeatRequest request, short version, GroupSettings settings)
    {
        RefuseIf(request.GroupId.Length == 0, "GroupId can't be empty.");
        RefuseIf(request.MemberId.Length == 0 && (version >= FirstWithOwnMemberId || request.MemberEpoch != 0), "MemberId can't be empty.");
        RefuseIf(request.InstanceId is { Length: 0 }, "InstanceId can't be empty.");
        RefuseIf(request.RackId is { Length: 0 }, "RackId can't be empty.");

        if (request.MemberEpoch == 0)
            CheckFirst(request);
        RefuseIf(request.MemberEpoch == CurrentAssignment.StaticLeaveEpoch && request.InstanceId is null, "InstanceId can't be null.");
        RefuseIf(request.MemberEpoch < CurrentAssignment.StaticLeaveEpoch, "MemberEpoch is invalid.");

        if (request.ServerAssignor is { } assignor && !settings.Assignors.Contains(assignor))
            throw new GroupFaultException(
                ErrorCode.UnsupportedAssignor,
                $"ServerAssignor {assignor} is not supported. Supported assignors: {string.Join(", ", settings.Assignors)}.");
        if (request.SubscribedTopicRegex is { Length: > 0 } regex && !NamePattern.TryParse(regex, out _, out var fault))
            throw new GroupFaultException(
                ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex `{regex}` is not a valid regular expression: {fault}.");
    }

    private static void CheckFirst(ConsumerGroupHeartbeatRequest request)
    {
        RefuseIf(request.RebalanceTimeoutMs == -1, "RebalanceTimeoutMs must be provided in first request.");
        RefuseIf(request.TopicPartitions is not { Count: 0 }, "TopicPartitions must be empty when (re-)joining.");
        RefuseIf(
            request is { SubscribedTopicNames: null, SubscribedTopicRegex: null },
            "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
    }

    private static void RefuseIf(bool broken, string message)
    {
        if (broken)
            throw new GroupFaultException(ErrorCode.InvalidRequest, message);
    }
}
