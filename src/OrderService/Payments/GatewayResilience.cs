using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Telemetry;
using Polly.Timeout;

namespace OrderService.Payments;

/// <summary>
/// The one pipeline to the gateway, from the outside in: total timeout, retry, circuit breaker, timeout of one attempt. A decline is a
/// 200 and passes all of it untouched.
/// </summary>
internal static class GatewayResilience
{
    public static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(5);

    /// <summary>How long an operation without answer rests before it is made again.</summary>
    public static readonly TimeSpan UnknownWait = TimeSpan.FromSeconds(5);

    /// <summary>A longer wait than this is not sat out in a call, which would end in its total timeout, but put off.</summary>
    private static readonly TimeSpan LongestWaitInCall = TimeSpan.FromSeconds(3);

    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, TimeProvider time)
    {
        pipeline.TimeProvider = time;
        pipeline
            .AddTimeout(new TimeoutStrategyOptions { Name = "total", Timeout = TotalTimeout })
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(
                    IsFailure(args.Outcome)
                    || (args.Outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests } response
                        && (RetryAfter(response, time) ?? TimeSpan.Zero) <= LongestWaitInCall)),
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result is { } response ? RetryAfter(response, time) : null)
            })
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 8,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = BreakDuration,
                ShouldHandle = args => ValueTask.FromResult(IsFailure(args.Outcome))
            })
            .AddTimeout(new TimeoutStrategyOptions { Name = "attempt", Timeout = AttemptTimeout });
    }

    /// <summary>The circuit's changes are worth a warning; each attempt is not, least of all with the stack of a dropped connection.</summary>
    public static ResilienceEventSeverity SeverityOf(SeverityProviderArguments args) =>
        args.Event.EventName is "OnCircuitOpened" or "OnCircuitHalfOpened" or "OnCircuitClosed"
            ? ResilienceEventSeverity.Warning
            : ResilienceEventSeverity.Debug;

    /// <summary>What a response asks the caller to wait, in either form of the header; null without one.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null
    };

    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException
        || outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError };
}
