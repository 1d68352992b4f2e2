namespace Contracts;

public enum TopicCleanup
{
    Delete,
    Compact
}
