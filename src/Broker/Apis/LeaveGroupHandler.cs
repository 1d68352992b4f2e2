using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>LeaveGroup 0-5: one member up to version 2, whose error is the answer's; several from 3, each with its own.</summary>
internal sealed class LeaveGroupHandler(GroupCoordinator groups)
{
    public async ValueTask<LeaveGroupResponse?> HandleAsync(LeaveGroupRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return new LeaveGroupResponse { ErrorCode = ErrorCode.GroupAuthorizationFailed };

        var isSingle = context.Version <= 2;
        var leavers = isSingle ? [new LeaveGroupRequest.MemberIdentity { MemberId = request.MemberId }] : request.Members;
        var (error, members) = await groups.LeaveAsync(request.GroupId, leavers, context.Aborted).ConfigureAwait(false);
        return isSingle && members is [var only]
            ? new LeaveGroupResponse { ErrorCode = only.ErrorCode }
            : new LeaveGroupResponse { ErrorCode = error, Members = members };
    }
}
