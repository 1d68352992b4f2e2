namespace OrderService;

/// <summary>Gives a request that could not be read (broken JSON, a wrong type) its own status and the reader's reason.</summary>
internal static class UnreadableRequest
{
    public static int StatusOf(Exception exception) =>
        exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;

    public static void Explain(ProblemDetailsContext context)
    {
        if (context.Exception is BadHttpRequestException bad)
        {
            context.ProblemDetails.Detail = bad.InnerException is null ? bad.Message : $"{bad.Message} {bad.InnerException.Message}";
        }
    }
}
