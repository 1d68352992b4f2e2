using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Broker.Host.Rest;

/// <summary>
/// A request's JSON, checked as a whole before anything is taken out of it. The parser alone lets half a surrogate pair and bytes
/// that are no UTF-8 pass until somebody asks for the text.
/// </summary>
internal static class JsonBody
{
    public static async Task<JsonDocument> ParseAsync(Stream body, CancellationToken ct)
    {
        var json = await ReadAsync(body, ct).ConfigureAwait(false);
        try
        {
            CheckTexts(json);
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
            throw new RestProblemException(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.", "header Content-Type");

        var json = await ReadAsync(context.Request.Body, context.RequestAborted).ConfigureAwait(false);
        try
        {
            CheckTexts(json);
            return JsonSerializer.Deserialize(json, type)
                ?? throw new RestProblemException(StatusCodes.Status400BadRequest, "The body must be a JSON object.", "body");
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken ct)
    {
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy, ct).ConfigureAwait(false);
        return copy.ToArray();
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="RestProblemException">A name or a text is not Unicode.</exception>
    private static void CheckTexts(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsUnicode(reader))
            {
                throw new RestProblemException(
                    StatusCodes.Status400BadRequest,
                    $"The text that begins at byte {reader.TokenStartIndex} is no Unicode: bytes that are not UTF-8, or half of a surrogate pair.",
                    "body");
            }
        }
    }

    private static bool IsUnicode(Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return Utf8.IsValid(reader.ValueSpan);

        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static RestProblemException NotJson(JsonException e) => new(
        StatusCodes.Status400BadRequest,
        $"The body is not as it should be at line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {e.Message.Split(" Path:")[0]}",
        e.Path is { Length: > 2 } path ? path[2..] : "body");
}
