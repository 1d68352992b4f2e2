using System.Globalization;

namespace Broker.Configuration;

/// <summary>What values of broker and topic settings may look like; a check returns what is allowed when the value is not, else null.</summary>
internal static class ConfigValues
{
    public static bool TryNumber(string text, long min, long max, out long value) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        && value >= min && value <= max;

    public static string? CheckCleanupPolicy(string value)
    {
        var policies = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return policies.All(p => p is "delete" or "compact") ? null : "delete, compact, both with a comma between, or nothing";
    }

    public static string? CheckBoolean(string value) => bool.TryParse(value.Trim(), out _) ? null : "true or false";

    public static string? CheckTimestampType(string value) =>
        value is "CreateTime" or "LogAppendTime" ? null : "CreateTime or LogAppendTime";
}
