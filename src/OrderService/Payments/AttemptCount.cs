namespace OrderService.Payments;

/// <summary>How many HTTP calls one operation took. Attempts follow one another, so plain arithmetic does.</summary>
internal sealed class AttemptCount
{
    private static readonly HttpRequestOptionsKey<AttemptCount> Key = new("attempts");

    public int Value { get; private set; }

    public void Follow(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>Innermost, below retries: sees each attempt.</summary>
    public sealed class Handler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Options.TryGetValue(Key, out var attempts))
            {
                attempts.Value++;
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
