namespace Broker.Host.Rest;

/// <summary>The API's description, written by hand beside this file; a test holds it against the routes.</summary>
internal static class OpenApiDocument
{
    public static Stream Open() => typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;

    public static async Task AnswerAsync(HttpContext context)
    {
        await using var document = Open();
        context.Response.ContentType = "application/json; charset=utf-8";
        await document.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
