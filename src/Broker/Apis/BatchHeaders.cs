using Broker.Records;
using Broker.Storage;

namespace Broker.Apis;

/// <summary>Walks the headers of the batches in a slice, reading nothing else of the file.</summary>
internal ref struct BatchHeaders(LogSlice slice)
{
    private int _position;

    public RecordBatchHeader Current { get; private set; }

    public readonly BatchHeaders GetEnumerator() => this;

    public bool MoveNext()
    {
        Span<byte> bytes = stackalloc byte[RecordBatchHeader.Size];
        if (_position + RecordBatchHeader.Size > slice.Length)
            return false;

        slice.CopyTo(_position, bytes);
        if (!RecordBatchHeader.TryRead(bytes, out var header) || header.SizeInBytes < RecordBatchHeader.Size)
            return false;

        Current = header;
        _position = (int)Math.Min(_position + header.SizeInBytes, int.MaxValue - RecordBatchHeader.Size);
        return true;
    }
}

internal static class LogSliceBatches
{
    /// <summary>Whether a batch is compressed in the one way that fetches before version 10 cannot read.</summary>
    public static bool HasZstd(this LogSlice slice)
    {
        foreach (var header in new BatchHeaders(slice))
        {
            if (header.Compression == CompressionType.Zstd)
                return true;
        }

        return false;
    }

    /// <summary>The offset behind the last record; 0 when there is no batch.</summary>
    public static long EndOffset(this LogSlice slice)
    {
        var end = 0L;
        foreach (var header in new BatchHeaders(slice))
            end = header.NextOffset;
        return end;
    }
}
