using System.Globalization;

namespace Broker.Host.Rest;

/// <summary>What a request says, with the place named where it says it wrongly.</summary>
internal static class RestRequests
{
    public static string Topic(this HttpContext context) => (string)context.GetRouteValue("topic")!;

    /// <summary>A group's id may have a slash in it, which the server leaves encoded.</summary>
    public static string Group(this HttpContext context) =>
        ((string)context.GetRouteValue("group")!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when the query does not have it.</summary>
    public static string? Text(this HttpContext context, string name) =>
        context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    public static int Number(this HttpContext context, string name, int otherwise, int min, int max)
    {
        if (context.Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Wrong(name, $"\"{text}\" is not a whole number from {min} to {max}.");
    }

    public static bool Flag(this HttpContext context, string name, bool otherwise)
    {
        if (context.Text(name) is not { } text)
            return otherwise;
        return bool.TryParse(text, out var flag) ? flag : throw Wrong(name, $"\"{text}\" is neither true nor false.");
    }

    /// <summary>ISO 8601, or milliseconds since 1970.</summary>
    public static DateTimeOffset Time(string text, string where)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new RestProblemException(
                StatusCodes.Status400BadRequest, $"\"{text}\" is no time: give 2026-11-23T10:00:00Z or milliseconds since 1970.", where);
    }

    public static RestProblemException Wrong(string name, string detail) =>
        new(StatusCodes.Status400BadRequest, detail, $"query {name}");
}
