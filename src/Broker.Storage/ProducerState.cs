using System.Runtime.CompilerServices;

namespace Broker.Storage;

/// <summary>A batch of an idempotent producer, as it stands in the log. What a coordinator writes on a producer's behalf has sequences of -1.</summary>
internal readonly record struct SequencedBatch(int FirstSequence, int LastSequence, long FirstOffset, long LastOffset, long Timestamp);

/// <summary>One producer: its epoch, its last five batches, as many as a client may have in flight, and its open transaction.</summary>
internal sealed class ProducerState(short epoch)
{
    public const int Remembered = 5;
    public const long NoTransaction = -1;

    private LastBatches _batches;
    private int _next;

    public short Epoch { get; private set; } = epoch;

    /// <summary>Newest of its batches and markers, in milliseconds since the Unix epoch.</summary>
    public long LastTimestamp { get; set; } = -1;

    /// <summary>When the last of them came, by the log's clock: records may be of times long past. -1 when that is not known, and then no later than <see cref="LastTimestamp"/>.</summary>
    public long SeenMs { get; set; } = -1;

    /// <summary>Of the coordinator that wrote its last marker; -1 before the first.</summary>
    public int CoordinatorEpoch { get; set; } = -1;

    /// <summary>First offset of its open transaction, or <see cref="NoTransaction"/>.</summary>
    public long TransactionStart { get; set; } = NoTransaction;

    public bool IsInTransaction => TransactionStart != NoTransaction;

    /// <summary>Batches remembered, at most <see cref="Remembered"/>.</summary>
    public int Count { get; private set; }

    /// <summary>-1 in an epoch without batches.</summary>
    public int LastSequence => Count == 0 ? -1 : this[Count - 1].LastSequence;

    /// <summary>0 in an epoch without batches.</summary>
    public int NextSequence => (LastSequence + 1) & int.MaxValue;

    /// <summary>Oldest first.</summary>
    public SequencedBatch this[int index] => _batches[(_next - Count + index + Remembered) % Remembered];

    public void BeginEpoch(short epoch)
    {
        Epoch = epoch;
        Count = 0;
    }

    public void Add(in SequencedBatch batch)
    {
        _batches[_next] = batch;
        _next = (_next + 1) % Remembered;
        Count = Math.Min(Count + 1, Remembered);
    }

    public bool TryFind(int firstSequence, int lastSequence, out SequencedBatch batch)
    {
        for (var i = 0; i < Count; i++)
        {
            batch = this[i];
            if (batch.FirstSequence == firstSequence && batch.LastSequence == lastSequence)
                return true;
        }

        batch = default;
        return false;
    }

    [InlineArray(Remembered)]
    private struct LastBatches
    {
        private SequencedBatch _first;
    }
}
