namespace PaymentGateway;

/// <summary>One HTTP call of an operation, with whatever goes wrong on its way in and out.</summary>
internal sealed class OperationCall(
    Ledger ledger, TokenScript tokens, Turbulence turbulence, TimeProvider time, IHttpContextAccessor http, IHostApplicationLifetime lifetime)
{
    private const int LongestKey = 200;

    public async Task<IResult> Run(string? idempotencyKey, OperationRequest request)
    {
        if (Problems(idempotencyKey, request) is { Count: > 0 } problems)
        {
            return Results.ValidationProblem(problems);
        }

        var context = http.HttpContext!;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            return await Run(context, idempotencyKey!, request, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The caller has left or the host stops: nobody is to get an answer.
            return Dropped(context);
        }
    }

    private async Task<IResult> Run(HttpContext context, string idempotencyKey, OperationRequest request, CancellationToken end)
    {
        var token = request.Token ?? ledger.TokenOf(request.PaymentId);
        var mishap = tokens.For(token, request.Kind, idempotencyKey).And(turbulence.For(idempotencyKey));
        if (mishap.HangBefore)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, end);
        }

        if (mishap.FailBefore)
        {
            return Results.Problem("the gateway has a bad moment; nothing was done", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (ledger.Execute(idempotencyKey, request) is not { } operation)
        {
            return Results.Problem(
                $"the idempotency key '{idempotencyKey}' was used for another request",
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        if (mishap.DelayAfter > TimeSpan.Zero)
        {
            await Task.Delay(mishap.DelayAfter, time, end);
        }

        return mishap.LoseReply ? Dropped(context) : Results.Ok(OperationAnswer.To(operation));
    }

    private static IResult Dropped(HttpContext context)
    {
        context.Abort();
        return Results.Empty;
    }

    private static Dictionary<string, string[]> Problems(string? idempotencyKey, OperationRequest request)
    {
        var problems = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(idempotencyKey) || idempotencyKey.Length > LongestKey)
        {
            problems["Idempotency-Key"] = [$"the header is required, with 1 to {LongestKey} characters"];
        }

        if (request.OrderId == Guid.Empty || request.PaymentId == Guid.Empty)
        {
            problems["paymentId"] = ["orderId and paymentId are required"];
        }

        if (request.AmountMinor is <= 0)
        {
            problems["amountMinor"] = ["must be positive"];
        }

        if (request.Kind != OperationKind.Void && request.Currency is not { Length: 3 })
        {
            problems["currency"] = ["a currency code of three letters is required"];
        }

        if (request.Kind == OperationKind.Authorization && string.IsNullOrEmpty(request.Token))
        {
            problems["token"] = ["is required"];
        }

        return problems;
    }
}
