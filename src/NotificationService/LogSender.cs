namespace NotificationService;

/// <summary>The one channel there is: a line in the log for each message to a customer.</summary>
internal sealed partial class LogSender(ILogger<LogSender> logger)
{
    public const string Channel = "log";
    public const string Locale = "en";

    public void Send(Notification notification) =>
        Sent(logger, notification.CustomerId!, notification.Template, notification.OrderId, notification.Text);

    [LoggerMessage(1, LogLevel.Information, "To {CustomerId}: {Template} of order {OrderId}: {Text}")]
    private static partial void Sent(ILogger logger, string customerId, string template, Guid orderId, string text);
}
