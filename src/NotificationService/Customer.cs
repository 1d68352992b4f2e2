namespace NotificationService;

public sealed class Customer
{
    public required string CustomerId { get; init; }

    /// <summary>Events published about this customer; the <c>aggregate-version</c> of the last.</summary>
    public long Events { get; set; }
}
