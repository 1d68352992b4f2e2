using Broker.Records;

namespace Broker.Groups;

/// <summary>
/// Reads one partition of the offsets topic from its first record to its last. Nobody else knows the groups and the partition it fills, so that
/// what turns out to be unreadable is dropped as a whole: a record left out could be a commit, or the end of a transaction.
/// </summary>
internal static class PartitionReplay
{
    /// <param name="batches">Of the partition.</param>
    /// <param name="partition">New.</param>
    /// <param name="groupOf">Makes a group, or finds one made before.</param>
    /// <returns>How many records were of kinds this broker does not use.</returns>
    /// <exception cref="InvalidDataException">Something cannot be read.</exception>
    /// <exception cref="IOException">The disk does not give it.</exception>
    public static int Run(IEnumerable<Memory<byte>> batches, OffsetsPartition partition, Func<string, Group> groupOf)
    {
        var unknown = 0;
        foreach (var batch in batches)
            unknown += Replay(batch.Span, partition, groupOf);
        return unknown;
    }

    private static int Replay(ReadOnlySpan<byte> batch, OffsetsPartition partition, Func<string, Group> groupOf)
    {
        RecordBatchHeader.TryRead(batch, out var header);
        if (header.IsControl)
        {
            if (GroupBatch.ReadMarker(batch) is { } commit)
                GroupReplay.EndTransaction(partition, header.ProducerId, commit);
            return 0;
        }

        var records = GroupBatch.Read(batch);
        foreach (var (record, offset) in records)
            GroupReplay.Apply(groupOf(record.GroupId), record, offset, header.IsTransactional ? header.ProducerId : -1);
        return header.RecordCount - records.Count;
    }
}
