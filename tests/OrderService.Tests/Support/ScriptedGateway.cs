using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using OrderService.Payments;

namespace OrderService.Tests.Support;

/// <summary>Stands below the resilience pipeline and plays one step for each attempt; the last step is played for ever.</summary>
internal sealed class ScriptedGateway(params ScriptedGateway.Step[] steps) : HttpMessageHandler
{
    private readonly ConcurrentQueue<Step> _steps = new(steps);

    public delegate Task<HttpResponseMessage> Step(HttpRequestMessage request, CancellationToken cancellationToken);

    public ConcurrentQueue<(string Method, string? IdempotencyKey)> Calls { get; } = new();

    public static Step Approves => Status(HttpStatusCode.OK, """{"outcome":"Approved","reference":"REF"}""");

    public static Step Refuses => Status(HttpStatusCode.OK, """{"outcome":"Refused","code":"card_declined"}""");

    /// <summary>No answer, and the clock moves on until the attempt is given up.</summary>
    public static Step Hangs(ObligingClock clock) => async (_, cancellationToken) =>
    {
        var hanging = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        clock.Advance(GatewayResilience.AttemptTimeout);
        await hanging;
        throw new InvalidOperationException("not reached");
    };

    public static Step ByMethod(Step post, Step get) => (request, cancellationToken) =>
        (request.Method == HttpMethod.Post ? post : get)(request, cancellationToken);

    public static Step Drops => (_, _) => throw new HttpRequestException("the connection was dropped");

    public static Step Fails => Status(HttpStatusCode.ServiceUnavailable);

    public static Step KnowsNothing => Status(HttpStatusCode.NotFound);

    public static Step Status(HttpStatusCode status, string body = "{}") => (_, _) => Task.FromResult(
        new HttpResponseMessage(status) { Content = new StringContent(body, mediaType: new("application/json")) });

    public static Step Throttles(TimeSpan retryAfter) => (_, _) =>
    {
        var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter = new RetryConditionHeaderValue(retryAfter);
        return Task.FromResult(response);
    };

    public void Then(params Step[] steps)
    {
        _steps.Clear();
        foreach (var step in steps)
        {
            _steps.Enqueue(step);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls.Enqueue((request.Method.Method, request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null));
        Assert.True(_steps.TryPeek(out var step));
        if (_steps.Count > 1)
        {
            _steps.TryDequeue(out _);
        }

        return step(request, cancellationToken);
    }
}
