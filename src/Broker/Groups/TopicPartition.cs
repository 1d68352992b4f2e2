namespace Broker.Groups;

internal readonly record struct TopicPartition(string Topic, int Partition);
