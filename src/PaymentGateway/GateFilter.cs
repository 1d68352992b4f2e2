using System.Globalization;

namespace PaymentGateway;

/// <summary>The outage switch and the rate limit, in front of operations and queries alike. The ledger and the switch itself stay reachable.</summary>
internal sealed class GateFilter(Turbulence turbulence) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (turbulence.Outage)
        {
            return Results.Problem("the gateway is out of order", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (turbulence.Throttle() is { } wait)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return Results.Problem($"too many calls; try again in {seconds} s", statusCode: StatusCodes.Status429TooManyRequests);
        }

        return await next(context);
    }
}
