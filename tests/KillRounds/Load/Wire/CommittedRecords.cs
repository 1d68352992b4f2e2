using System.Text;
using Broker.Protocol.Messages;
using Broker.Records;

namespace KillRounds.Load.Wire;

/// <summary>What a client of committed records makes of an answer to its fetch: it leaves out aborted transactions itself.</summary>
internal static class CommittedRecords
{
    /// <param name="data">The answer for one partition.</param>
    /// <param name="fetchOffset">What was asked for.</param>
    /// <param name="next">Behind all of it: also what is left out is behind the client then.</param>
    public static List<(long Offset, string Value)> Of(FetchResponse.PartitionData data, long fetchOffset, out long next)
    {
        next = fetchOffset;
        var aborted = (data.AbortedTransactions ?? []).OrderBy(a => a.FirstOffset).ToList();
        var open = new HashSet<long>();
        var found = new List<(long Offset, string Value)>();
        ReadOnlySpan<byte> rest = data.Records.Bytes.Span;
        while (RecordBatch.TryTake(ref rest, out var batch, out var header))
        {
            open.UnionWith(aborted.Where(a => a.FirstOffset <= header.LastOffset).Select(a => a.ProducerId));
            aborted.RemoveAll(a => a.FirstOffset <= header.LastOffset);
            if (header.IsControl)
                open.Remove(header.ProducerId);
            else if (!header.IsTransactional || !open.Contains(header.ProducerId))
                Take(batch, fetchOffset, found);
            next = header.NextOffset;
        }

        return found;
    }

    /// <summary>A batch may begin before what was asked for.</summary>
    private static void Take(ReadOnlySpan<byte> batch, long fetchOffset, List<(long Offset, string Value)> found)
    {
        using var reader = new RecordReader(batch);
        while (reader.Read(out var record))
        {
            if (record.Offset >= fetchOffset)
                found.Add((record.Offset, Encoding.UTF8.GetString(record.Value)));
        }
    }
}
