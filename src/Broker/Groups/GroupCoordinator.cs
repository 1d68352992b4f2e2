using Broker.Protocol;
using Broker.Protocol.Messages;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.DescribeGroupsResponse;
using static Broker.Protocol.Messages.LeaveGroupRequest;
using static Broker.Protocol.Messages.LeaveGroupResponse;
using static Broker.Protocol.Messages.ListGroupsResponse;

namespace Broker.Groups;

/// <summary>
/// The door to all groups: takes a request to its group and answers when what the answer says is on disk. When the broker stops
/// or the client goes, a waiting request is answered with NOT_COORDINATOR, so that the client looks for the coordinator again.
/// Safe for use by any thread.
/// </summary>
internal sealed class GroupCoordinator : IAsyncDisposable
{
    private readonly GroupSettings _settings;
    private readonly GroupRunner _runner;
    private readonly Func<string, bool> _topicExists;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _expiryTimer;
    private readonly Task _expiry;

    /// <summary>Loads what is stored. Offsets of topics that <paramref name="topicExists"/> does not know are forgotten.</summary>
    public GroupCoordinator(IOffsetsLog log, GroupSettings settings, Func<string, bool> topicExists, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _topicExists = topicExists;
        _logger = logger;
        _runner = new GroupRunner(log, settings, time, logger);
        _runner.Load();
        foreach (var id in _runner.Ids)
            _runner.TryRun(id, (group, decision) => group.ForgetTopic(topic => !topicExists(topic), decision));

        _expiryTimer = new PeriodicTimer(settings.OffsetsRetentionCheckInterval, time);
        _expiry = ExpireOffsetsAsync();
    }

    public async Task<JoinGroupResponse> JoinAsync(JoinGroupRequest request, short version, GroupClient client, CancellationToken aborted)
    {
        if (request.GroupId.Length == 0)
            return GroupJoin.Refused(ErrorCode.InvalidGroupId, request.MemberId);
        if (request.SessionTimeoutMs < _settings.MinSessionTimeoutMs || request.SessionTimeoutMs > _settings.MaxSessionTimeoutMs)
            return GroupJoin.Refused(ErrorCode.InvalidSessionTimeout, request.MemberId);

        var reply = new Reply<JoinGroupResponse>(error => GroupJoin.Refused(error, ""));
        void Join(Group group, Decision decision) => group.Join(request, version, client, reply, decision);
        if (request.MemberId.Length == 0)
            _runner.Run(request.GroupId, Join);
        else if (!_runner.TryRun(request.GroupId, Join))
            return GroupJoin.Refused(ErrorCode.UnknownMemberId, request.MemberId);

        return await AnswerAsync(request.GroupId, reply, aborted).ConfigureAwait(false);
    }

    public async Task<SyncGroupResponse> SyncAsync(SyncGroupRequest request, CancellationToken aborted)
    {
        var reply = new Reply<SyncGroupResponse>(error => new SyncGroupResponse { ErrorCode = error });
        if (request.GroupId.Length == 0)
            return reply.Refusal(ErrorCode.InvalidGroupId);
        return _runner.TryRun(request.GroupId, (group, decision) => group.Sync(request, reply, decision))
            ? await AnswerAsync(request.GroupId, reply, aborted).ConfigureAwait(false)
            : reply.Refusal(ErrorCode.UnknownMemberId);
    }

    public ErrorCode Heartbeat(HeartbeatRequest request)
    {
        if (request.GroupId.Length == 0)
            return ErrorCode.InvalidGroupId;

        var error = ErrorCode.UnknownMemberId;
        _runner.TryRun(request.GroupId, (group, decision) => error = group.Heartbeat(request, decision));
        return error;
    }

    /// <summary>The error is the whole request's; each member has its own beside it.</summary>
    public async Task<(ErrorCode Error, IReadOnlyList<MemberResponse> Members)> LeaveAsync(
        string groupId, IReadOnlyList<MemberIdentity> leavers, CancellationToken aborted)
    {
        if (groupId.Length == 0)
            return (ErrorCode.InvalidGroupId, []);

        var reply = new Reply<(ErrorCode, IReadOnlyList<MemberResponse>)>(error => (error, []));
        return _runner.TryRun(groupId, (group, decision) => decision.Answer(reply, (ErrorCode.None, group.Leave(leavers, decision))))
            ? await AnswerAsync(groupId, reply, aborted).ConfigureAwait(false)
            : (ErrorCode.None, [.. leavers.Select(l => new MemberResponse
            {
                MemberId = l.MemberId, GroupInstanceId = l.GroupInstanceId, ErrorCode = ErrorCode.UnknownMemberId,
            })]);
    }

    public async Task<OffsetCommitResponse> CommitAsync(OffsetCommitRequest request, short version, CancellationToken aborted)
    {
        var reply = new Reply<OffsetCommitResponse>(error => request.Answer((_, _) => error));
        void Commit(Group group, Decision decision) => decision.Answer(reply, group.Commit(request, _topicExists, decision));

        // Without a generation a consumer that assigns its partitions itself may make the group.
        if (request.GenerationIdOrMemberEpoch < 0)
            _runner.Run(request.GroupId, Commit);
        else if (!_runner.TryRun(request.GroupId, Commit))
            return reply.Refusal(version >= 9 ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration);

        return await AnswerAsync(request.GroupId, reply, aborted).ConfigureAwait(false);
    }

    /// <summary>Reads a group's offsets, once they are on disk; <paramref name="read"/> gets null when there is no such group.</summary>
    public async Task<T> FetchOffsetsAsync<T>(string groupId, Func<Group?, T> read, Func<ErrorCode, T> refuse, CancellationToken aborted)
    {
        var reply = new Reply<T>(refuse);
        return _runner.TryRun(groupId, (group, decision) => decision.Answer(reply, read(group)))
            ? await AnswerAsync(groupId, reply, aborted).ConfigureAwait(false)
            : read(null);
    }

    public async Task<OffsetDeleteResponse> DeleteOffsetsAsync(OffsetDeleteRequest request, CancellationToken aborted)
    {
        var reply = new Reply<OffsetDeleteResponse>(error => new OffsetDeleteResponse { ErrorCode = error });
        return _runner.TryRun(request.GroupId, (group, decision) => decision.Answer(reply, group.DeleteOffsets(request, _topicExists, decision)))
            ? await AnswerAsync(request.GroupId, reply, aborted).ConfigureAwait(false)
            : reply.Refusal(ErrorCode.GroupIdNotFound);
    }

    public async Task<ErrorCode> DeleteAsync(string groupId, CancellationToken aborted)
    {
        var reply = new Reply<ErrorCode>(error => error);
        return _runner.TryRun(groupId, (group, decision) => decision.Answer(reply, group.Delete(decision)))
            ? await AnswerAsync(groupId, reply, aborted).ConfigureAwait(false)
            : ErrorCode.GroupIdNotFound;
    }

    /// <summary>To be called after a topic went out of the catalog: what groups had committed for it goes too.</summary>
    public async Task ForgetTopicAsync(string topic)
    {
        foreach (var id in _runner.Ids)
        {
            var reply = new Reply<ErrorCode>(error => error);
            if (_runner.TryRun(id, (group, decision) =>
            {
                group.ForgetTopic(name => name == topic, decision);
                decision.Answer(reply, ErrorCode.None);
            }))
                await AnswerAsync(id, reply, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public IReadOnlyList<ListedGroup> List()
    {
        var listed = new List<ListedGroup>();
        foreach (var id in _runner.Ids)
            _runner.TryRun(id, (group, _) => listed.Add(group.List()));
        return listed;
    }

    /// <summary>Null when there is no such group.</summary>
    public DescribedGroup? Describe(string groupId)
    {
        DescribedGroup? described = null;
        _runner.TryRun(groupId, (group, _) => described = group.Describe());
        return described;
    }

    public async ValueTask DisposeAsync()
    {
        _expiryTimer.Dispose();
        await _expiry.ConfigureAwait(false);
        _runner.Dispose();
    }

    private async Task<T> AnswerAsync<T>(string groupId, Reply<T> reply, CancellationToken aborted)
    {
        try
        {
            var (response, durableOffset) = await reply.Released.WaitAsync(aborted).ConfigureAwait(false);
            if (durableOffset >= 0)
                await _runner.FlushAsync(groupId, durableOffset).ConfigureAwait(false);
            return response;
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            return reply.Refusal(ErrorCode.NotCoordinator);
        }
        catch (IOException e)
        {
            _logger.FlushFailed(e, groupId);
            return reply.Refusal(ErrorCode.CoordinatorNotAvailable);
        }
    }

    private async Task ExpireOffsetsAsync()
    {
        while (await _expiryTimer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            foreach (var id in _runner.Ids)
                _runner.TryRun(id, (group, decision) => group.ExpireOffsets(decision));
        }
    }
}
