namespace OrderService;

/// <summary>The answer to the first request under a key, replayed to every later one with the same fingerprint.</summary>
public sealed class IdempotencyRecord
{
    public required string Key { get; set; }

    /// <summary>SHA-256 of the request as it was understood, in hexadecimal.</summary>
    public required string Fingerprint { get; set; }

    public required Guid OrderId { get; set; }

    /// <summary>The body of the answer, byte for byte.</summary>
    public required string Answer { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
