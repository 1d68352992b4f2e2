using System.Buffers.Binary;
using Broker.Records;

namespace Broker.Fuzz.Targets;

/// <summary>The records of a produce request and of a log file: cut into batches, checked, walked.</summary>
internal static class BatchTarget
{
    public static FuzzTarget Create() => new("batch", [.. Built(), .. Corpus.Read("batch")], Run, length => 64 * 1024 + (64L * length));

    private static void Run(byte[] input)
    {
        Walk(input);
        Seal(input);
        Walk(input);
    }

    public static void Walk(ReadOnlySpan<byte> rest)
    {
        var length = rest.Length;
        while (RecordBatch.TryTake(ref rest, out var batch, out var header))
        {
            if (rest.Length >= length)
                throw new InvalidOperationException("A batch was taken and nothing is shorter.");
            length = rest.Length;

            var fault = RecordBatch.Validate(batch, out _);
            using var reader = new RecordReader(batch);
            var count = 0;
            while (reader.Read(out _))
                count++;
            if (fault == BatchFault.None && count != header.RecordCount)
                throw new InvalidOperationException($"A batch without fault gave {count} of {header.RecordCount} records.");
        }
    }

    /// <summary>Puts in the checksum that belongs there: without it hardly any input would get past the first check.</summary>
    public static void Seal(byte[] input)
    {
        if (input.Length < RecordBatchHeader.Size)
            return;

        var length = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(8));
        var end = length > 0 && length <= input.Length - RecordBatchHeader.LengthPrefix ? RecordBatchHeader.LengthPrefix + length : input.Length;
        if (end > RecordBatchHeader.ChecksumStart)
            BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan(17), Crc32C.Compute(input.AsSpan(RecordBatchHeader.ChecksumStart..end)));
    }

    private static IEnumerable<byte[]> Built()
    {
        yield return new RecordBatchBuilder().Add(1_000, "key"u8.ToArray(), "value"u8.ToArray()).Build();
        yield return new RecordBatchBuilder { ProducerId = 7, ProducerEpoch = 1, BaseSequence = int.MaxValue, IsTransactional = true }
            .Add(1_000, null, null).Add(999, [], new byte[300], new RecordHeader("name", [1, 2, 3])).Build();
        yield return RecordBatchBuilder.EndTransactionMarker(1_000, producerId: 7, producerEpoch: 1, commit: true, coordinatorEpoch: 3);
    }
}
