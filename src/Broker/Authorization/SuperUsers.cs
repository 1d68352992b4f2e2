namespace Broker.Authorization;

/// <summary>The text of <c>super.users</c>: principals with semicolons between, because names of certificates have commas.</summary>
internal static class SuperUsers
{
    public static HashSet<string> Parse(string text) =>
        [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    public static string? Check(string text) =>
        Parse(text).All(user => KafkaPrincipal.TryParse(user, out _)) ? null : "principals such as User:admin, with semicolons between";
}
