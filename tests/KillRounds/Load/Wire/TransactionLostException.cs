namespace KillRounds.Load.Wire;

/// <summary>The transaction cannot go on by this producer; its successor's InitProducerId ends it.</summary>
internal sealed class TransactionLostException(string reason) : Exception(reason);
