using Broker.Protocol;

namespace Broker.Transactions;

/// <summary>What a request leads to: an error, a new state to store, or neither, when all is as it should be already.</summary>
internal readonly record struct Transition(ErrorCode Error, TransactionState? Next)
{
    public static Transition None => default;

    public static Transition To(TransactionState next) => new(ErrorCode.None, next);

    public static Transition Refuse(ErrorCode error) => new(error, null);
}
