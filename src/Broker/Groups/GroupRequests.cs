using Broker.Protocol;
using Microsoft.Extensions.Logging;

namespace Broker.Groups;

/// <summary>
/// Takes a request to its group and waits until what it is answered is on disk. When the broker stops or the client goes, a waiting request is
/// answered with NOT_COORDINATOR, so that the client looks for the coordinator again. Safe for use by any thread.
/// </summary>
internal sealed class GroupRequests(GroupRunner runner, IOffsetsLog log, ILogger logger)
{
    /// <summary>Kafka keeps offsets under an empty group id, as ancient clients had, but lets nobody join by it.</summary>
    public ErrorCode Check(string groupId, bool mayBeEmpty = false) =>
        groupId.Length == 0 && !mayBeEmpty ? ErrorCode.InvalidGroupId
        : runner.IsOnline(groupId) ? ErrorCode.None
        : ErrorCode.CoordinatorNotAvailable;

    /// <param name="groupId">Which group.</param>
    /// <param name="reply">What <paramref name="decide"/> answers, now or later.</param>
    /// <param name="decide">What the group is asked.</param>
    /// <param name="whenMissing">The answer when there is no such group; null to make it.</param>
    /// <param name="aborted">Ends the wait.</param>
    public async ValueTask<T> AskAsync<T>(
        string groupId, Reply<T> reply, Action<Group, Decision> decide, ErrorCode? whenMissing, CancellationToken aborted)
    {
        try
        {
            if (whenMissing is null)
            {
                await log.EnsureCreatedAsync().ConfigureAwait(false);
                runner.Run(groupId, decide);
            }
            else if (!runner.TryRun(groupId, decide))
            {
                return reply.Refusal(whenMissing.Value);
            }

            var (response, durableOffset) = await reply.Released.WaitAsync(aborted).ConfigureAwait(false);
            if (durableOffset >= 0)
                await runner.FlushAsync(groupId, durableOffset).ConfigureAwait(false);
            return response;
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            return reply.Refusal(ErrorCode.NotCoordinator);
        }
        catch (IOException e)
        {
            logger.FlushFailed(e, groupId);
            return reply.Refusal(ErrorCode.CoordinatorNotAvailable);
        }
    }
}
