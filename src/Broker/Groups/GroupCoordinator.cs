using System.Collections.Concurrent;
using Broker.Diagnostics;
using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.DescribeGroupsResponse;
using static Broker.Protocol.Messages.LeaveGroupRequest;
using static Broker.Protocol.Messages.LeaveGroupResponse;
using static Broker.Protocol.Messages.ListGroupsResponse;

namespace Broker.Groups;

/// <summary>
/// The door to all groups: what each API asks of them, in which group, and what is answered when there is no such group. Safe for use by
/// any thread, after <see cref="Start"/>.
/// </summary>
internal sealed class GroupCoordinator : IAsyncDisposable
{
    private readonly IOffsetsLog _log;
    private readonly GroupSettings _settings;
    private readonly ITopicsView _topics;
    private readonly GroupRunner _runner;
    private readonly GroupRequests _requests;
    private readonly PeriodicTimer _upkeepTimer;
    private readonly LoopFaults _faults;
    private readonly ConcurrentDictionary<string, bool> _forgottenMeanwhile = new(StringComparer.Ordinal);
    private Task _upkeep = Task.CompletedTask;

    /// <param name="log">Where groups are kept.</param>
    /// <param name="settings">What groups go by.</param>
    /// <param name="topics">Offsets are kept of topics that exist, and committed for partitions that do.</param>
    /// <param name="time">For deadlines, and for what is stored.</param>
    /// <param name="logger">The broker's log.</param>
    public GroupCoordinator(IOffsetsLog log, GroupSettings settings, ITopicsView topics, TimeProvider time, ILogger logger)
    {
        _log = log;
        _settings = settings;
        _topics = topics;
        _runner = new GroupRunner(log, settings, topics, time, logger);
        _requests = new GroupRequests(_runner, log, logger);
        _faults = new LoopFaults("groups", logger);
        _upkeepTimer = new PeriodicTimer(settings.OffsetsRetentionCheckInterval, time);
    }

    /// <summary>Loads what is stored, without offsets of topics that are gone.</summary>
    public void Start()
    {
        _runner.Load(topic => _topics.Find(topic) is null);
        _upkeep = KeepUpAsync();
    }

    /// <summary>Loads the groups of a partition that could be opened only now; they are served from here on. Without offsets of topics that went meanwhile.</summary>
    public void Load(int partition) =>
        _runner.TryLoad(partition, topic => _topics.Find(topic) is null || _forgottenMeanwhile.ContainsKey(topic));

    public async ValueTask<JoinGroupResponse> JoinAsync(JoinGroupRequest request, short version, GroupClient client, CancellationToken aborted)
    {
        if (_requests.Check(request.GroupId) is var error and not ErrorCode.None)
            return GroupJoin.Refused(error, request.MemberId);
        if (request.SessionTimeoutMs < _settings.MinSessionTimeoutMs || request.SessionTimeoutMs > _settings.MaxSessionTimeoutMs)
            return GroupJoin.Refused(ErrorCode.InvalidSessionTimeout, request.MemberId);

        var reply = new Reply<JoinGroupResponse>(e => GroupJoin.Refused(e, request.MemberId));
        return await _requests.AskAsync(
            request.GroupId,
            reply,
            (group, decision) => decision.Try(
                () => group.Join(request, version, client, reply, decision),
                fault => decision.Answer(reply, GroupJoin.Refused(fault.Code, request.MemberId))),
            whenMissing: request.MemberId.Length == 0 ? null : ErrorCode.UnknownMemberId,
            aborted).ConfigureAwait(false);
    }

    public async ValueTask<SyncGroupResponse> SyncAsync(SyncGroupRequest request, CancellationToken aborted)
    {
        var reply = new Reply<SyncGroupResponse>(e => new SyncGroupResponse { ErrorCode = e });
        return _requests.Check(request.GroupId) is var error and not ErrorCode.None
            ? reply.Refusal(error)
            : await _requests.AskAsync(
                request.GroupId, reply, (group, decision) => group.Sync(request, reply, decision), ErrorCode.UnknownMemberId, aborted)
                .ConfigureAwait(false);
    }

    /// <summary>All that a member of the consumer protocol does.</summary>
    public async ValueTask<ConsumerGroupHeartbeatResponse> HeartbeatAsync(
        ConsumerGroupHeartbeatRequest request, short version, GroupClient client, CancellationToken aborted)
    {
        var reply = new Reply<ConsumerGroupHeartbeatResponse>(e => ConsumerHeartbeat.Refused(
            e, e != ErrorCode.GroupIdNotFound ? null : request.MemberEpoch < 0 ? $"Group {request.GroupId} not found." : $"Consumer group {request.GroupId} not found."));
        try
        {
            HeartbeatRules.Check(request, version, _settings);
        }
        catch (GroupFaultException e)
        {
            return ConsumerHeartbeat.Refused(e.Code, e.Message);
        }

        return _requests.Check(request.GroupId) is var error and not ErrorCode.None
            ? reply.Refusal(error)
            : await _requests.AskAsync(
                request.GroupId,
                reply,
                (group, decision) => decision.Try(
                    () => decision.Answer(reply, group.Heartbeat(request, client, decision)),
                    fault => decision.Answer(reply, ConsumerHeartbeat.Refused(fault.Code, fault.Message))),
                whenMissing: request.MemberEpoch == 0 ? null : ErrorCode.GroupIdNotFound,
                aborted).ConfigureAwait(false);
    }

    public ErrorCode Heartbeat(HeartbeatRequest request)
    {
        var error = _requests.Check(request.GroupId);
        if (error != ErrorCode.None)
            return error;

        error = ErrorCode.UnknownMemberId;
        _runner.TryRun(request.GroupId, (group, decision) => error = group.Heartbeat(request, decision));
        return error;
    }

    /// <summary>The error is the whole request's; each member has its own beside it.</summary>
    public async ValueTask<(ErrorCode Error, IReadOnlyList<MemberResponse> Members)> LeaveAsync(
        string groupId, IReadOnlyList<MemberIdentity> leavers, CancellationToken aborted)
    {
        var reply = new Reply<(ErrorCode Error, IReadOnlyList<MemberResponse> Members)>(e => (e, []));
        if (_requests.Check(groupId) is var error and not ErrorCode.None)
            return reply.Refusal(error);

        var answer = await _requests.AskAsync(
            groupId,
            reply,
            (group, decision) => decision.Answer(reply, (ErrorCode.None, group.Leave(leavers, decision))),
            ErrorCode.UnknownMemberId,
            aborted).ConfigureAwait(false);
        return answer.Error != ErrorCode.UnknownMemberId ? answer : (ErrorCode.None, [.. leavers.Select(l => new MemberResponse
        {
            MemberId = l.MemberId,
            GroupInstanceId = l.GroupInstanceId,
            ErrorCode = ErrorCode.UnknownMemberId,
        })]);
    }

    public async ValueTask<OffsetCommitResponse> CommitAsync(OffsetCommitRequest request, short version, CancellationToken aborted)
    {
        var reply = new Reply<OffsetCommitResponse>(e => request.Answer((_, _) => e));
        if (_requests.Check(request.GroupId, mayBeEmpty: true) is var error and not ErrorCode.None)
            return reply.Refusal(error);

        // Without a generation a consumer that assigns its partitions itself may make the group.
        return await _requests.AskAsync(
            request.GroupId,
            reply,
            (group, decision) => decision.Answer(reply, group.Commit(request, version, decision)),
            whenMissing: request.GenerationIdOrMemberEpoch < 0 ? null : version >= 9 ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration,
            aborted).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes offsets into the producer's open transaction, which must include <see cref="PartitionForAsync"/> already. They count
    /// from <see cref="CompleteTransaction"/> on.
    /// </summary>
    public async ValueTask<TxnOffsetCommitResponse> CommitTransactionalAsync(TxnOffsetCommitRequest request, CancellationToken aborted)
    {
        var reply = new Reply<TxnOffsetCommitResponse>(e => request.Answer((_, _) => e));
        if (_requests.Check(request.GroupId) is var error and not ErrorCode.None)
            return reply.Refusal(error);

        return await _requests.AskAsync(
            request.GroupId,
            reply,
            (group, decision) => decision.Answer(reply, group.CommitTransactional(request, decision)),
            whenMissing: request.GenerationId < 0 ? null : ErrorCode.IllegalGeneration,
            aborted).ConfigureAwait(false);
    }

    /// <summary>Which partition of the offsets topic keeps the group; the topic is made if need be.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    public async ValueTask<int> PartitionForAsync(string groupId)
    {
        await _log.EnsureCreatedAsync().ConfigureAwait(false);
        return _runner.PartitionOf(groupId);
    }

    /// <summary>
    /// Writes the marker that ends a producer's transaction into one partition of the offsets topic; the offsets it wrote there
    /// are committed, or forgotten. Not durable yet: that partition is to be flushed up to the offset returned.
    /// </summary>
    /// <param name="offsetsPartition">A partition of the offsets topic.</param>
    /// <param name="producerId">Whose transaction ends.</param>
    /// <param name="producerEpoch">Its epoch.</param>
    /// <param name="commit">Whether the transaction commits.</param>
    /// <param name="coordinatorEpoch">Of the transaction coordinator.</param>
    /// <returns>The offset behind the marker; -1 when a newer epoch has fenced the producer, and nothing was written.</returns>
    /// <exception cref="IOException">Nothing was written, and nothing has changed.</exception>
    public long CompleteTransaction(int offsetsPartition, long producerId, short producerEpoch, bool commit, int coordinatorEpoch) =>
        _runner.EndTransaction(offsetsPartition, new TransactionalProducer(producerId, producerEpoch), commit, coordinatorEpoch);

    /// <summary>Reads a group's offsets, once they are on disk; <paramref name="read"/> gets null when there is no such group.</summary>
    public async ValueTask<T> FetchOffsetsAsync<T>(string groupId, Func<Group?, T> read, Func<ErrorCode, T> refuse, CancellationToken aborted)
    {
        if (_requests.Check(groupId, mayBeEmpty: true) is var error and not ErrorCode.None)
            return refuse(error);

        var reply = new Reply<T>(e => e == ErrorCode.GroupIdNotFound ? read(null) : refuse(e));
        return await _requests.AskAsync(groupId, reply, (group, decision) => decision.Answer(reply, read(group)), ErrorCode.GroupIdNotFound, aborted)
            .ConfigureAwait(false);
    }

    public async ValueTask<OffsetDeleteResponse> DeleteOffsetsAsync(OffsetDeleteRequest request, CancellationToken aborted)
    {
        var reply = new Reply<OffsetDeleteResponse>(e => new OffsetDeleteResponse { ErrorCode = e });
        return _requests.Check(request.GroupId) is var error and not ErrorCode.None
            ? reply.Refusal(error)
            : await _requests.AskAsync(
                request.GroupId,
                reply,
                (group, decision) => decision.Answer(reply, group.DeleteOffsets(request, decision)),
                ErrorCode.GroupIdNotFound,
                aborted).ConfigureAwait(false);
    }

    public async ValueTask<ErrorCode> DeleteAsync(string groupId, CancellationToken aborted)
    {
        if (_requests.Check(groupId, mayBeEmpty: true) is var error and not ErrorCode.None)
            return error;

        var reply = new Reply<ErrorCode>(e => e);
        return await _requests.AskAsync(
            groupId, reply, (group, decision) => decision.Answer(reply, group.Delete(decision)), ErrorCode.GroupIdNotFound, aborted)
            .ConfigureAwait(false);
    }

    /// <summary>What groups had committed for a topic that is gone goes too. To be called while no topic of that name can be seen, so that nobody commits.</summary>
    /// <exception cref="IOException">Some groups could not forget it.</exception>
    public async Task ForgetTopicAsync(string topic)
    {
        var failed = new List<string>();
        if (_runner.HasUnread)
            _forgottenMeanwhile.TryAdd(topic, true);
        foreach (var id in _runner.Ids)
        {
            var knows = false;
            _runner.TryRun(id, (group, _) => knows = group.Knows(topic));
            if (!knows)
                continue;

            var reply = new Reply<ErrorCode>(e => e);
            var error = await _requests.AskAsync(
                id,
                reply,
                (group, decision) =>
                {
                    group.ForgetTopics(name => name == topic, decision);
                    decision.Answer(reply, ErrorCode.None);
                },
                ErrorCode.GroupIdNotFound,
                CancellationToken.None).ConfigureAwait(false);
            if (error == ErrorCode.CoordinatorNotAvailable)
                failed.Add(id);
        }

        if (failed.Count > 0)
            throw new IOException($"What was committed for '{topic}' could not be forgotten by {string.Join(", ", failed)}.");
    }

    public IReadOnlyList<ListedGroup> List() => View(group => group.List());

    /// <summary>Looks at each group under its lock, in order of id.</summary>
    public IReadOnlyList<T> View<T>(Func<Group, T> look)
    {
        var seen = new List<T>();
        foreach (var id in _runner.Ids.Order(StringComparer.Ordinal))
            _runner.TryRun(id, (group, _) => seen.Add(look(group)));
        return seen;
    }

    /// <summary>With an error and state Dead when there is no such group, or it is not a classic one.</summary>
    public DescribedGroup Describe(string groupId)
    {
        var described = new DescribedGroup { GroupId = groupId, GroupState = nameof(GroupState.Dead), ErrorCode = _requests.Check(groupId, mayBeEmpty: true) };
        if (described.ErrorCode != ErrorCode.None)
            return described;

        (described.ErrorCode, described.ErrorMessage) = (ErrorCode.GroupIdNotFound, $"Group {groupId} not found.");
        _runner.TryRun(groupId, (group, _) =>
        {
            if (group.Consumer is null)
                described = group.Describe();
            else
                described.ErrorMessage = $"Group {groupId} is not a classic group.";
        });
        return described;
    }

    /// <summary>With an error when there is no such group, or it is not one of the consumer protocol.</summary>
    public ConsumerGroupDescribeResponse.DescribedGroup DescribeConsumers(string groupId)
    {
        var described = new ConsumerGroupDescribeResponse.DescribedGroup
        {
            GroupId = groupId,
            ErrorCode = _requests.Check(groupId),
        };
        if (described.ErrorCode != ErrorCode.None)
            return described;

        (described.ErrorCode, described.ErrorMessage) = (ErrorCode.GroupIdNotFound, $"Group {groupId} not found.");
        _runner.TryRun(groupId, (group, _) =>
        {
            if (group.Consumer is { } consumer)
                described = ConsumerViews.Describe(group, consumer.State);
            else
                described.ErrorMessage = $"Group {groupId} is not a consumer group.";
        });
        return described;
    }

    public async ValueTask DisposeAsync()
    {
        _upkeepTimer.Dispose();
        await _upkeep.ConfigureAwait(false);
        _runner.Dispose();
    }

    private async Task KeepUpAsync()
    {
        do
        {
            foreach (var id in _runner.Ids)
                KeepUp(id);
        }
        while (await _upkeepTimer.WaitForNextTickAsync().ConfigureAwait(false));
    }

    private void KeepUp(string groupId)
    {
        try
        {
            _runner.TryRun(groupId, (group, decision) => group.ExpireOffsets(decision));
        }
        catch (Exception e)
        {
            _faults.Note(e);
        }
    }
}
