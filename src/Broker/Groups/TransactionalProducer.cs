namespace Broker.Groups;

/// <summary>Who writes in a transaction.</summary>
internal readonly record struct TransactionalProducer(long Id, short Epoch);
