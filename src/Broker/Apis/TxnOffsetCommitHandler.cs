using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using Broker.Transactions;

namespace Broker.Apis;

/// <summary>
/// TxnOffsetCommit 0-5: offsets that count when the transaction commits. Up to version 4 AddOffsetsToTxn must have come before;
/// version 5 adds the group's partition itself (KIP-890). TRANSACTION_ABORTABLE from version 4 on.
/// </summary>
internal sealed class TxnOffsetCommitHandler(TransactionCoordinator transactions, GroupCoordinator groups)
{
    private const short FirstWithAbortable = 4;
    private const short FirstThatAdds = 5;

    public async ValueTask<TxnOffsetCommitResponse?> HandleAsync(TxnOffsetCommitRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
            return request.Answer((_, _) => ErrorCode.TransactionalIdAuthorizationFailed);
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return request.Answer((_, _) => ErrorCode.GroupAuthorizationFailed);

        request.Topics = context.Allowed(AclOperation.Read, request.Topics, t => t.Name, out var denied);
        var response = await CommitAsync(request, context).ConfigureAwait(false);
        if (denied.Count > 0)
            response.Topics = [.. response.Topics, .. new TxnOffsetCommitRequest { Topics = denied }.Answer((_, _) => ErrorCode.TopicAuthorizationFailed).Topics];
        return response;
    }

    private async ValueTask<TxnOffsetCommitResponse> CommitAsync(TxnOffsetCommitRequest request, RequestContext context)
    {
        TopicPartition partition;
        try
        {
            partition = new TopicPartition(TopicName.ConsumerOffsets, await groups.PartitionForAsync(request.GroupId).ConfigureAwait(false));
        }
        catch (IOException)
        {
            // The offsets topic could not be made; the client asks again.
            return request.Answer((_, _) => ErrorCode.CoordinatorNotAvailable);
        }

        Task<TxnOffsetCommitResponse> committing;
        Task adding;
        using (var pass = transactions.Enter(request.TransactionalId))
        {
            if (Admit(pass, request, partition, context.Version) is var error and not ErrorCode.None)
                return request.Answer((_, _) => error.ForWrite(context.Version, FirstWithAbortable));

            // The offsets topic exists, so that the group has appended when this returns.
            committing = groups.CommitTransactionalAsync(request, context.Aborted).AsTask();
            adding = pass.FlushAsync();
        }

        var response = await committing.ConfigureAwait(false);
        var added = await transactions.OnDiskAsync(request.TransactionalId, adding).ConfigureAwait(false);
        return added == ErrorCode.None ? response : request.Answer((_, _) => added);
    }

    private static ErrorCode Admit(scoped in TransactionPass pass, TxnOffsetCommitRequest request, TopicPartition partition, short version)
    {
        var producer = new TransactionalProducer(request.ProducerId, request.ProducerEpoch);
        return version >= FirstThatAdds ? pass.Add(producer, [partition], TransactionState.SecondDialect) : pass.Check(producer, partition);
    }
}
