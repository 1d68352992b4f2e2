using System.Globalization;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>Which partitions a request reads, and from where. A place in several is written <c>0:12,1:7</c>.</summary>
/// <param name="From">Each partition once.</param>
/// <param name="Offline">Those that cannot be read now, each with the offset that the cursor has for it, or null.</param>
internal sealed record ReadPlan(IReadOnlyList<PartitionOffset> From, IReadOnlyList<(int Partition, long? Offset)> Offline)
{
    public const string WhyOffline = "The partition is offline.";

    /// <summary>
    /// From the query: <c>cursor</c>, or <c>partition</c> (all when missing) with <c>offset</c> (a number, a negative one counted from the
    /// end, <c>earliest</c>, <c>latest</c>) or <c>time</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="broker">Knows the offsets.</param>
    /// <param name="cursor">Wins over the query when not null.</param>
    /// <param name="otherwise">Where to begin when nothing is said.</param>
    public static async Task<ReadPlan> FromAsync(HttpContext context, BrokerServer broker, string? cursor, OffsetPlace otherwise)
    {
        var topic = context.Topic();
        var description = broker.DescribeTopic(topic)
            ?? throw new RestProblemException(StatusCodes.Status404NotFound, $"Topic '{topic}' does not exist.", error: "UNKNOWN_TOPIC_OR_PARTITION");
        var partition = context.Number("partition", -1, 0, int.MaxValue);
        if (partition >= 0 && cursor is null)
            return new ReadPlan(await FindAsync(context, broker, [partition], otherwise).ConfigureAwait(false), []);

        var all = Enumerable.Range(0, description.Partitions.Count);
        var offline = description.Partitions.Where(p => !p.IsOnline).Select(p => p.Partition).ToHashSet();
        if (offline.Count == description.Partitions.Count)
            throw new RestProblemException(StatusCodes.Status507InsufficientStorage, $"Every partition of '{topic}' is offline.", error: "KAFKA_STORAGE_ERROR");
        if (cursor is null)
            return new ReadPlan(await FindAsync(context, broker, [.. all.Except(offline)], otherwise).ConfigureAwait(false), [.. offline.Select(p => (p, (long?)null))]);

        // Partitions that came after the cursor, or were offline when it was given: nothing of them was read.
        var known = Parse(cursor, description.Partitions.Count);
        int[] added = partition >= 0 ? [] : [.. all.Except(known.Select(p => p.Partition))];
        var found = await EarliestAsync(context, broker, [.. added.Except(offline)]).ConfigureAwait(false);
        return new ReadPlan(
            [.. known.Where(p => !offline.Contains(p.Partition)), .. found],
            [.. known.Where(p => offline.Contains(p.Partition)).Select(p => (p.Partition, (long?)p.Offset)), .. added.Where(offline.Contains).Select(p => (p, (long?)null))]);
    }

    /// <summary>All that is known of where to go on.</summary>
    public static string Cursor(IEnumerable<PartitionOffset> read, IEnumerable<(int Partition, long? Offset)> offline) =>
        string.Join(',', read.Select(p => (p.Partition, Offset: (long?)p.Offset)).Concat(offline).Where(p => p.Offset is not null).OrderBy(p => p.Partition)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Partition}:{p.Offset}")));

    private static async Task<IReadOnlyList<PartitionOffset>> EarliestAsync(HttpContext context, BrokerServer broker, int[] partitions) => partitions.Length == 0
        ? []
        : await broker.Records.FindOffsetsAsync(context.Topic(), partitions, OffsetPlace.Earliest, context.RequestAborted).ConfigureAwait(false);

    private static async Task<IReadOnlyList<PartitionOffset>> FindAsync(HttpContext context, BrokerServer broker, int[] partitions, OffsetPlace otherwise)
    {
        if (context.Text("time") is { } time)
            return await Find(OffsetPlace.At(RestRequests.Time(time, "query time"))).ConfigureAwait(false);

        switch (context.Text("offset"))
        {
            case null:
                return await Find(otherwise).ConfigureAwait(false);
            case "earliest":
                return await Find(OffsetPlace.Earliest).ConfigureAwait(false);
            case "latest":
                return await Find(OffsetPlace.Latest).ConfigureAwait(false);
            case var text when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset):
                throw RestRequests.Wrong("offset", $"\"{text}\" is no offset: give a number, earliest or latest.");
            case var text when long.Parse(text, CultureInfo.InvariantCulture) is var offset and < 0:
                var starts = await Find(OffsetPlace.Earliest).ConfigureAwait(false);
                var ends = await Find(OffsetPlace.Latest).ConfigureAwait(false);
                return [.. starts.Zip(ends, (start, end) => end with { Offset = Math.Max(start.Offset, end.Offset + offset) })];
            case var text:
                return [.. partitions.Select(p => new PartitionOffset(p, long.Parse(text, CultureInfo.InvariantCulture)))];
        }

        Task<IReadOnlyList<PartitionOffset>> Find(OffsetPlace place) =>
            broker.Records.FindOffsetsAsync(context.Topic(), partitions, place, context.RequestAborted);
    }

    private static PartitionOffset[] Parse(string cursor, int partitions)
    {
        var positions = new List<PartitionOffset>();
        foreach (var entry in cursor.Split(','))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0
                || !int.TryParse(entry.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
                || !long.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                || partition >= partitions
                || positions.Exists(p => p.Partition == partition))
            {
                throw RestRequests.Wrong("cursor", $"\"{cursor}\" is no place in this topic: it looks like 0:12,1:7.");
            }

            positions.Add(new PartitionOffset(partition, offset));
        }

        return [.. positions];
    }
}
