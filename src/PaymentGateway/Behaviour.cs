namespace PaymentGateway;

/// <summary>How the provider fares as a whole, over and above what a token does.</summary>
/// <param name="Seed">Draws are made from the seed, the idempotency key and the number of the call, so a run repeats whatever the order of arrival.</param>
/// <param name="LatencyMs">Added to each operation, drawn evenly from the range.</param>
/// <param name="ErrorRate">Share of calls answered with 503 before anything is done, 0 to 1.</param>
/// <param name="LostReplyRate">Share of calls that are carried out and then lose their connection, 0 to 1.</param>
/// <param name="RateLimit">Calls beyond it get 429 with Retry-After; null for no limit.</param>
/// <param name="Outage">Every operation and query is answered with 503.</param>
public sealed record Behaviour(
    int Seed = 1,
    LatencyRange? LatencyMs = null,
    double ErrorRate = 0,
    double LostReplyRate = 0,
    RateLimit? RateLimit = null,
    bool Outage = false)
{
    /// <returns>What is wrong with it, by member; empty when it can be used.</returns>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>();
        if (LatencyMs is { } latency && (latency.Min < 0 || latency.Max < latency.Min || latency.Max > 60_000))
        {
            problems["latencyMs"] = ["min and max must satisfy 0 <= min <= max <= 60000"];
        }

        if (ErrorRate is not (>= 0 and <= 1))
        {
            problems["errorRate"] = ["must be between 0 and 1"];
        }

        if (LostReplyRate is not (>= 0 and <= 1))
        {
            problems["lostReplyRate"] = ["must be between 0 and 1"];
        }

        if (RateLimit is { } limit && (limit.Calls < 0 || limit.WindowSeconds is < 1 or > 3600))
        {
            problems["rateLimit"] = ["calls must not be negative and windowSeconds between 1 and 3600"];
        }

        return problems;
    }
}

public sealed record LatencyRange(int Min, int Max);

/// <summary>At most so many calls in each window of so many seconds.</summary>
public sealed record RateLimit(int Calls, int WindowSeconds);
