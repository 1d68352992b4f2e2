using System.Buffers.Binary;

namespace Broker.Records;

/// <summary>The one record of a control batch that ends a transaction.</summary>
/// <param name="Commit">False is an abort.</param>
/// <param name="CoordinatorEpoch">Of the transaction coordinator that wrote it.</param>
public readonly record struct EndTransactionMarker(bool Commit, int CoordinatorEpoch)
{
    internal const short Version = 0;
    internal const short AbortType = 0;
    internal const short CommitType = 1;

    /// <summary>False for a control batch of another kind and for one that compaction has emptied.</summary>
    /// <param name="batch">One whole control batch; bytes behind it are ignored.</param>
    /// <param name="marker">What it says.</param>
    public static bool TryRead(ReadOnlySpan<byte> batch, out EndTransactionMarker marker)
    {
        using var reader = new RecordReader(batch);
        if (!reader.Read(out var record) || record.Key.Length < 4 || record.Value.Length < 6)
        {
            marker = default;
            return false;
        }

        var type = BinaryPrimitives.ReadInt16BigEndian(record.Key[2..]);
        marker = new EndTransactionMarker(type == CommitType, BinaryPrimitives.ReadInt32BigEndian(record.Value[2..]));
        return type is AbortType or CommitType;
    }
}
