using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.DescribeTransactionsResponse;
using static Broker.Protocol.Messages.ListTransactionsResponse;

namespace Broker.Transactions;

/// <summary>What operators see of transactions.</summary>
internal static class TransactionViews
{
    /// <summary>Also those that no state here has: a filter may name them.</summary>
    private static readonly string[] StateNames = [.. Enum.GetNames<TransactionStatus>(), "Dead", "PrepareEpochFence"];

    /// <summary>While a partition of the state is not served, with COORDINATOR_NOT_AVAILABLE beside those of the others: an incomplete list must not pass for a whole one.</summary>
    public static ListTransactionsResponse List(this TransactionTable table, ListTransactionsRequest request)
    {
        NamePattern? pattern = null;
        if (request.TransactionalIdPattern is { Length: > 0 } asked && !NamePattern.TryParse(asked, out pattern, out _))
            return new ListTransactionsResponse { ErrorCode = ErrorCode.InvalidRegularExpression };

        var unknown = request.StateFilters.Except(StateNames, StringComparer.Ordinal).ToList();
        var states = request.StateFilters.ToHashSet(StringComparer.Ordinal);
        var producers = request.ProducerIdFilters.ToHashSet();
        var listed = new List<ListedTransaction>();
        foreach (var transaction in table.All)
        {
            var state = transaction.CurrentState;
            if ((states.Count > 0 && !states.Contains(state.Status.ToString()))
                || (producers.Count > 0 && !producers.Contains(state.ProducerId))
                || (request.DurationFilter >= 0 && !IsOlder(state, table.NowMs - request.DurationFilter))
                || pattern?.Matches(transaction.Id) == false)
                continue;

            listed.Add(new ListedTransaction { TransactionalId = transaction.Id, ProducerId = state.ProducerId, TransactionState = state.Status.ToString() });
        }

        return new ListTransactionsResponse
        {
            ErrorCode = table.IsComplete ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable,
            UnknownStateFilters = unknown,
            TransactionStates = listed,
        };
    }

    public static DescribedTransaction Describe(this TransactionTable table, string transactionalId)
    {
        if (transactionalId.Length == 0)
            return new DescribedTransaction { ErrorCode = ErrorCode.InvalidRequest };
        if (!table.IsOnline(transactionalId))
            return new DescribedTransaction { TransactionalId = transactionalId, ErrorCode = ErrorCode.CoordinatorNotAvailable };
        if (!table.TryFind(transactionalId, out var transaction))
            return new DescribedTransaction { TransactionalId = transactionalId, ErrorCode = ErrorCode.TransactionalIdNotFound };

        var state = transaction.CurrentState;
        return new DescribedTransaction
        {
            TransactionalId = transactionalId,
            TransactionState = state.Status.ToString(),
            TransactionTimeoutMs = state.TimeoutMs,
            TransactionStartTimeMs = state.StartTimestampMs,
            ProducerId = state.ProducerId,
            ProducerEpoch = state.ProducerEpoch,
            Topics = [.. state.Partitions.GroupBy(p => p.Topic).Select(topic => new TopicData
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(p => p.Partition)],
            })],
        };
    }

    private static bool IsOlder(TransactionState state, long beganBeforeMs) =>
        state.StartTimestampMs >= 0 && state.StartTimestampMs < beganBeforeMs
        && state.Status is TransactionStatus.Ongoing or TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort;
}
