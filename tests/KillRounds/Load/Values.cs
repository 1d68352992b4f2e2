using System.Text;
using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>How the value by which a history knows a record travels: a tombstone has none, so it is in a header.</summary>
internal static class Values
{
    private const string TombstoneHeader = "tombstone";

    /// <summary>A timestamp for a record, in milliseconds.</summary>
    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public static Message<string?, string?> Tombstone(string key, string value) =>
        new() { Key = key, Value = null, Headers = new Headers { { TombstoneHeader, Encoding.UTF8.GetBytes(value) } } };

    public static Place PlaceOf(ConsumeResult<Ignore, string?> result) => new(result.Topic, result.Partition);

    public static string Of(ConsumeResult<Ignore, string?> result) =>
        result.Message.Value ?? Encoding.UTF8.GetString(result.Message.Headers.GetLastBytes(TombstoneHeader));
}
