using System.Net;
using Contracts;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderService.Payments;

/// <summary>
/// One operation, brought to an answer or put off. No answer means unknown, not failed: the gateway is then asked what it has on record,
/// and if it has nothing or cannot be asked, the operation is put off and made again under the same key.
/// </summary>
internal sealed class GatewayCall(GatewayClient gateway, TimeProvider time)
{
    public async Task<GatewayAnswered> Run(Payment payment, GatewayOperation operation, CancellationToken cancellationToken)
    {
        var attempts = new AttemptCount();
        var started = time.GetTimestamp();
        var result = await Decide(payment, operation, attempts, cancellationToken);
        return new GatewayAnswered(
            payment.OrderId,
            payment.PaymentId!.Value,
            operation,
            result.Verdict,
            result.Reference,
            result.Code,
            result.Deferral,
            result.Deferral is null ? null : time.GetUtcNow() + result.Wait,
            attempts.Value,
            (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<Result> Decide(Payment payment, GatewayOperation operation, AttemptCount attempts, CancellationToken cancellationToken)
    {
        try
        {
            var known = payment.MayBeDone ? await gateway.Find(payment, operation, attempts, cancellationToken) : null;
            return known is not null
                ? Result.Of(known)
                : await Ask(payment, operation, attempts, cancellationToken)
                    ?? (await gateway.Find(payment, operation, attempts, cancellationToken) is { } reply ? Result.Of(reply) : Result.Unknown);
        }
        catch (BrokenCircuitException e)
        {
            return Result.PutOff(PaymentDeferral.CircuitOpen, e.RetryAfter ?? GatewayResilience.BreakDuration);
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return Result.Unknown;
        }
    }

    /// <returns>Null when no answer came.</returns>
    private async Task<Result?> Ask(Payment payment, GatewayOperation operation, AttemptCount attempts, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await gateway.Post(payment, operation, attempts, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return Result.Of(await GatewayClient.Read(response, cancellationToken));
            }

            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return Result.PutOff(PaymentDeferral.RateLimited, GatewayResilience.RetryAfter(response, time) ?? GatewayResilience.UnknownWait);
            }

            if ((int)response.StatusCode < 500)
            {
                var problem = await response.Content.ReadAsStringAsync(cancellationToken);
                throw new InvalidOperationException($"the gateway does not understand our {operation}: {(int)response.StatusCode} {problem}");
            }

            return null;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>A timeout, a lost connection or an error status; but not the end of this process.</summary>
    private static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is TimeoutRejectedException or HttpRequestException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private readonly record struct Result(GatewayVerdict Verdict, string? Reference, string? Code, PaymentDeferral? Deferral, TimeSpan Wait)
    {
        public static Result Of(GatewayClient.Reply reply) => new(
            reply.Outcome == GatewayClient.ReplyOutcome.Approved ? GatewayVerdict.Approved : GatewayVerdict.Refused,
            reply.Reference,
            reply.Code,
            Deferral: null,
            TimeSpan.Zero);

        public static Result Unknown => PutOff(PaymentDeferral.Unknown, GatewayResilience.UnknownWait);

        public static Result PutOff(PaymentDeferral why, TimeSpan wait) => new(GatewayVerdict.Deferred, null, null, why, wait);
    }
}
