using System.Globalization;
using Broker.Host.Configuration;
using Broker.Storage.Inspection;

namespace Broker.Host.Offline;

/// <summary>What <c>--dump</c> asks for: <c>orders/0</c>, <c>orders/0@5</c> from an offset on, <c>orders/0@5-9</c> up to and with another.</summary>
internal sealed record DumpRequest(string Topic, int Partition, LogDumpOptions Options)
{
    /// <exception cref="RefusedConfigurationException" />
    public static DumpRequest Parse(string text)
    {
        var (place, range) = Cut(text, text.IndexOf('@', StringComparison.Ordinal));
        var (topic, number) = Cut(place, place.LastIndexOf('/'));
        var options = new LogDumpOptions();
        if (number is null || topic.Length == 0 || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var partition))
            throw Refused(text);
        if (range is null)
            return new DumpRequest(topic, partition, options);

        var (from, to) = Cut(range, range.IndexOf('-', StringComparison.Ordinal));
        options = options with
        {
            FromOffset = Offset(from, text),
            ToOffset = to is null ? long.MaxValue : Offset(to, text) + 1,
        };
        return new DumpRequest(topic, partition, options);
    }

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static long Offset(string text, string whole) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset < long.MaxValue ? offset : throw Refused(whole);

    private static RefusedConfigurationException Refused(string text) =>
        new($"--dump cannot be \"{text}\"; it takes topic/partition, with @from or @from-to behind it for a range of offsets.");
}
