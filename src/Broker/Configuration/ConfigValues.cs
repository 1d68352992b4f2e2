using System.Globalization;
using Broker.Records;

namespace Broker.Configuration;

/// <summary>What values of broker and topic settings may look like; a check returns what is allowed when the value is not, else null.</summary>
internal static class ConfigValues
{
    public static bool TryNumber(string text, long min, long max, out long value) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        && value >= min && value <= max;

    public static bool TryFraction(string text, out double value) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>As Java prints it: 1 is 1.0.</summary>
    public static string Format(double value) => value.ToString("0.0################", CultureInfo.InvariantCulture);

    public static string? CheckRatio(string value) => TryFraction(value, out var ratio) && ratio is >= 0 and <= 1 ? null : "a number from 0 to 1";

    public static string? CheckCleanupPolicy(string value)
    {
        var policies = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return policies.All(p => p is "delete" or "compact") ? null : "delete, compact, both with a comma between, or nothing";
    }

    /// <summary>Null is producer: batches are stored as they come.</summary>
    public static CompressionType? Codec(string value) => value switch
    {
        "uncompressed" => CompressionType.None,
        "gzip" => CompressionType.Gzip,
        "snappy" => CompressionType.Snappy,
        "lz4" => CompressionType.Lz4,
        "zstd" => CompressionType.Zstd,
        _ => null,
    };

    public static string? CheckCodec(string value) => value == "producer" || Codec(value) is not null ? null : "producer, uncompressed, gzip, snappy, lz4 or zstd";

    public static string? CheckBoolean(string value) => bool.TryParse(value.Trim(), out _) ? null : "true or false";

    public static string? CheckTimestampType(string value) =>
        value is "CreateTime" or "LogAppendTime" ? null : "CreateTime or LogAppendTime";
}
