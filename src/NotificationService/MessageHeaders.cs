namespace NotificationService;

internal static class MessageHeaders
{
    /// <summary>Number of the event among those of its key on its topic, from 1 without gaps.</summary>
    public const string AggregateVersion = "aggregate-version";
}
