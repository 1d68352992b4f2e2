using Broker.Records;

namespace Broker.Groups;

/// <summary>Group records as record batches, and back.</summary>
internal static class GroupBatch
{
    /// <summary>A decision with more than this goes into several batches, so that a consumer of the topic can take each.</summary>
    private const int MaxBatchBytes = 512 * 1024;

    public static byte[] Write(IReadOnlyList<GroupRecord> records, long timestampMs)
    {
        var batches = new List<byte[]>();
        var builder = new RecordBatchBuilder();
        foreach (var record in records)
        {
            if (builder.Count > 0 && builder.UncompressedSize > MaxBatchBytes)
            {
                batches.Add(builder.Build());
                builder = new RecordBatchBuilder();
            }

            builder.Add(timestampMs, GroupRecordFormat.Key(record), GroupRecordFormat.Value(record));
        }

        batches.Add(builder.Build());
        return batches is [var only] ? only : [.. batches.SelectMany(b => b)];
    }

    /// <exception cref="InvalidDataException">A record is not what its key says.</exception>
    public static List<GroupRecord> Read(ReadOnlySpan<byte> batch)
    {
        var records = new List<GroupRecord>();
        using var reader = new RecordReader(batch);

        while (reader.Read(out var record))
        {
            if (GroupRecordFormat.Read(record.Key.ToArray(), record.HasValue ? record.Value.ToArray() : (Memory<byte>?)null) is { } known)
                records.Add(known);
        }

        return reader.Fault == BatchFault.None ? records : throw new InvalidDataException($"A batch of the offsets topic is {reader.Fault}.");
    }
}
