using System.Globalization;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>Which partitions a request reads, and from where. A place in several is written <c>0:12,1:7</c>.</summary>
internal static class ReadPlan
{
    /// <summary>
    /// From the query: <c>cursor</c>, or <c>partition</c> (all when missing) with <c>offset</c> (a number, a negative one counted from the
    /// end, <c>earliest</c>, <c>latest</c>) or <c>time</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="broker">Knows the offsets.</param>
    /// <param name="cursor">Wins over the query when not null.</param>
    /// <param name="otherwise">Where to begin when nothing is said.</param>
    public static async Task<IReadOnlyList<PartitionOffset>> FromAsync(HttpContext context, BrokerServer broker, string? cursor, OffsetPlace otherwise)
    {
        var topic = context.Topic();
        var description = broker.DescribeTopic(topic)
            ?? throw new RestProblemException(StatusCodes.Status404NotFound, $"Topic '{topic}' does not exist.", error: "UNKNOWN_TOPIC_OR_PARTITION");
        if (cursor is not null)
            return await CompleteAsync(Parse(cursor, description.Partitions.Count)).ConfigureAwait(false);

        var partition = context.Number("partition", -1, 0, int.MaxValue);
        var partitions = partition < 0 ? Enumerable.Range(0, description.Partitions.Count).ToArray() : [partition];
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

        // Partitions that the topic got after the cursor was given: nothing of them was read.
        async Task<IReadOnlyList<PartitionOffset>> CompleteAsync(PartitionOffset[] known)
        {
            int[] added = context.Text("partition") is not null ? [] : [.. Enumerable.Range(0, description.Partitions.Count).Except(known.Select(p => p.Partition))];
            return added.Length == 0
                ? known
                : [.. known, .. await broker.Records.FindOffsetsAsync(topic, added, OffsetPlace.Earliest, context.RequestAborted).ConfigureAwait(false)];
        }

        Task<IReadOnlyList<PartitionOffset>> Find(OffsetPlace place) => broker.Records.FindOffsetsAsync(topic, partitions, place, context.RequestAborted);
    }

    public static string Cursor(IEnumerable<PartitionOffset> positions) =>
        string.Join(',', positions.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Partition}:{p.Offset}")));

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
