namespace Contracts;

/// <param name="Retention">How long a record is kept; null where only the latest record of a key is.</param>
public sealed record Topic(string Name, int Partitions, TopicCleanup Cleanup, TimeSpan? Retention);
