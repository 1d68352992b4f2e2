using System.Diagnostics.CodeAnalysis;
using Broker.Protocol;
using Broker.Records;
using Broker.Storage;

namespace Broker.Topics;

/// <summary>
/// A log with its leadership, its readers and those who wait for more. Records can be read from the moment they are written, as on
/// a Kafka partition with one replica: the high watermark is the log's end. Safe for use by any thread.
/// A partition whose log could not be opened is offline, perhaps only until it can be; one whose log failed later takes no more appends. Neither
/// concerns others.
/// </summary>
internal sealed class Partition(string topic, int index, PartitionLog? log, int leaderEpoch, LogFlusher flusher)
{
    private const int ScanBytes = 1 << 20;

    private volatile PartitionLog? _log = log;
    private volatile bool _deleted;

    public string Topic { get; } = topic;

    public int Index { get; } = index;

    public int LeaderEpoch { get; } = leaderEpoch;

    public DelayedFetches DelayedFetches { get; } = new();

    public TopicCounts Counts { get; } = new();

    /// <summary>Null while offline.</summary>
    public PartitionLog? Log => _deleted ? null : _log;

    /// <summary>Offline for want of room or of files: it is opened as soon as it can be.</summary>
    public bool WaitsForRoom { get; set; }

    /// <summary>Its topic is gone; whoever still holds the partition learns it here.</summary>
    public bool IsDeleted => _deleted;

    public override string ToString() => $"{Topic}-{Index}";

    [MemberNotNullWhen(true, nameof(Log))]
    public bool IsOnline => Log is not null;

    /// <summary>Whether a client's idea of the leadership is ours; -1 is no idea.</summary>
    public ErrorCode CheckEpoch(int currentLeaderEpoch) =>
        IsDeleted ? ErrorCode.UnknownTopicOrPartition
        : !IsOnline ? ErrorCode.KafkaStorageError
        : currentLeaderEpoch < 0 || currentLeaderEpoch == LeaderEpoch ? ErrorCode.None
        : currentLeaderEpoch < LeaderEpoch ? ErrorCode.FencedLeaderEpoch
        : ErrorCode.UnknownLeaderEpoch;

    /// <summary>
    /// Writes validated batches, offsets assigned in place, and wakes whoever waits for them. Not durable yet:
    /// see <see cref="FlushAsync"/> and <see cref="AppendedAsync"/>.
    /// </summary>
    /// <param name="batches">Valid batches.</param>
    /// <param name="mustStartAtZero">See <see cref="PartitionLog.Append"/>.</param>
    /// <exception cref="IOException">Nothing was kept; the partition may have become read-only.</exception>
    public AppendResult Append(Memory<byte> batches, bool mustStartAtZero = false)
    {
        var result = OnlineLog().Append(batches, LeaderEpoch, mustStartAtZero);
        Counts.Appended(result, batches.Length);
        DelayedFetches.WakeAll();
        return result;
    }

    /// <summary>Ends a producer's transaction here, see <see cref="PartitionLog.AppendMarker"/>, and wakes whoever waits for what it held back.</summary>
    /// <exception cref="IOException">Nothing was kept; the partition may have become read-only.</exception>
    public AppendResult AppendMarker(long producerId, short producerEpoch, bool commit, int coordinatorEpoch)
    {
        var result = OnlineLog().AppendMarker(producerId, producerEpoch, commit, coordinatorEpoch, LeaderEpoch);
        DelayedFetches.WakeAll();
        return result;
    }

    /// <summary>Has <paramref name="wait"/> called when every record below the offset is on disk; false when they are, and it is not.</summary>
    public bool Flush(long upToOffset, FlushWait wait) => flusher.Flush(OnlineLog(), upToOffset, wait);

    /// <summary>After an append that nobody waits to be durable: does what flush.messages and flush.ms say, as <see cref="Flush"/>.</summary>
    public bool FlushIfDue(FlushWait wait) => flusher.FlushIfDue(OnlineLog(), wait);

    /// <summary>Completes when every record below the offset is on disk.</summary>
    public Task FlushAsync(long upToOffset) => flusher.FlushAsync(OnlineLog(), upToOffset);

    /// <summary>After an append that nobody waits to be durable: does what flush.messages and flush.ms say.</summary>
    public Task AppendedAsync() => flusher.AppendedAsync(OnlineLog());

    /// <summary>Appends one batch of the broker's own making.</summary>
    /// <param name="batch">A whole valid batch; its base offset is written in place.</param>
    /// <param name="durable">Whether the task completes only when the batch is on disk.</param>
    /// <returns>The offset of the first record.</returns>
    /// <exception cref="IOException">The batch was not kept, or is not durable although asked; the partition may have become read-only.</exception>
    public async Task<long> AppendAsync(Memory<byte> batch, bool durable)
    {
        var result = Append(batch);
        await (durable ? FlushAsync(result.LastOffset + 1) : AppendedAsync()).ConfigureAwait(false);
        return result.BaseOffset;
    }

    /// <summary>Whole batches from the one that holds the offset to at most the log's end; null at the end.</summary>
    /// <exception cref="OffsetOutOfRangeException" />
    public LogSlice? Read(long offset, int maxBytes, bool minOneBatch = true)
    {
        var current = OnlineLog();
        return current.Read(offset, maxBytes, current.LogEndOffset, minOneBatch);
    }

    /// <summary>
    /// Everything from the start to the end, batch by batch, each as it was written; it is valid until the next is asked for. A clean stop lets
    /// the log be opened unread, so that what is built from its records has to look itself whether they are whole.
    /// </summary>
    /// <exception cref="InvalidDataException">There is something else than an intact batch, or not in its place.</exception>
    /// <exception cref="IOException">The log is offline or cannot be read.</exception>
    public IEnumerable<Memory<byte>> ReadBatches()
    {
        var (offset, end) = (OnlineLog().LogStartOffset, OnlineLog().LogEndOffset);
        var buffer = Array.Empty<byte>();
        while (CopyTo(ref buffer, offset) is var length and > 0)
        {
            var position = 0;
            while (position < length)
            {
                // The offset is not under the CRC. Compaction leaves gaps, and a first batch may begin below the log start.
                if (!RecordBatch.IsIntact(buffer.AsSpan(position, length - position), out var header) || header.NextOffset <= offset || header.NextOffset > end)
                    throw new InvalidDataException($"{this} has a damaged batch at offset {offset}.");

                yield return buffer.AsMemory(position, (int)header.SizeInBytes);
                position += (int)header.SizeInBytes;
                offset = header.NextOffset;
            }
        }

        // Also behind a batch whose offset says that it begins beyond the end.
        if (offset < end)
            throw new InvalidDataException($"{this} has a damaged batch at offset {offset}.");
    }

    /// <summary>The largest epoch not above the asked one that has records, and where it ended; -1 and -1 for an epoch that has not begun.</summary>
    public (int Epoch, long EndOffset) EndOfEpoch(int epoch)
    {
        var current = OnlineLog();
        return epoch > LeaderEpoch ? (-1, -1)
            : epoch == LeaderEpoch ? (epoch, current.LogEndOffset)
            : current.EndOfEpoch(epoch);
    }

    /// <summary>The epoch that an offset was written in; the current epoch at the log's end.</summary>
    public int EpochAt(long offset)
    {
        var current = OnlineLog();
        var epoch = offset < current.LogEndOffset ? current.EpochOf(offset) : -1;
        return epoch < 0 ? LeaderEpoch : epoch;
    }

    /// <summary>Ends its being offline.</summary>
    public void Show(PartitionLog opened)
    {
        WaitsForRoom = false;
        _log = opened;
    }

    public void Delete()
    {
        _deleted = true;
        DelayedFetches.WakeAll();
        _log?.Delete();
    }

    public void Close() => _log?.Dispose();

    private int CopyTo(ref byte[] buffer, long offset)
    {
        using var slice = Read(offset, ScanBytes);
        if (slice is null)
            return 0;
        if (buffer.Length < slice.Length)
            buffer = new byte[slice.Length];
        slice.CopyTo(buffer.AsSpan(0, slice.Length));
        return slice.Length;
    }

    private PartitionLog OnlineLog() => Log ?? throw new PartitionOfflineException(this);
}
