using Microsoft.Extensions.Logging;

namespace Broker.Storage;

public sealed class PartitionLog : IDisposable
{
    public static PartitionLog Open(string directory, LogOptions options, TimeProvider time, ILogger logger) => throw new NotImplementedException();

    public string Directory => throw new NotImplementedException();

    /// <summary>Settings may change while the log is open.</summary>
    public LogOptions Options { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    public long LogStartOffset => throw new NotImplementedException();

    /// <summary>Offset of the next record.</summary>
    public long LogEndOffset => throw new NotImplementedException();

    /// <summary>Every record below is on disk.</summary>
    public long FlushedOffset => throw new NotImplementedException();

    public long SizeInBytes => throw new NotImplementedException();

    public int SegmentCount => throw new NotImplementedException();

    public bool IsReadOnly => throw new NotImplementedException();

    /// <summary>As many records wait for an fsync as <see cref="LogOptions.FlushMessages"/> allows.</summary>
    public bool IsFlushDue => throw new NotImplementedException();

    /// <summary>Appends validated batches: assigns offsets (and log append time) in place, writes once.</summary>
    /// <exception cref="LogReadOnlyException" />
    /// <exception cref="DiskFullException" />
    public AppendResult Append(Memory<byte> batches, int leaderEpoch) => throw new NotImplementedException();

    /// <summary>Whole batches from the one that holds <paramref name="offset"/>, all below <paramref name="maxOffsetExclusive"/>; null when there are none.</summary>
    /// <exception cref="OffsetOutOfRangeException" />
    public LogSlice? Read(long offset, int maxBytes, long maxOffsetExclusive, bool minOneBatch) => throw new NotImplementedException();

    public OffsetAndTimestamp? FindByTimestamp(long timestampMs) => throw new NotImplementedException();

    public OffsetAndTimestamp? MaxTimestamp() => throw new NotImplementedException();

    /// <summary>Durable when it returns.</summary>
    public void DeleteRecordsBefore(long offset) => throw new NotImplementedException();

    /// <summary>Deletes what the retention settings give up; returns the number of segments deleted. Also forgets expired producers.</summary>
    public int ApplyRetention() => throw new NotImplementedException();

    /// <summary>Returns when everything appended before the call is on disk.</summary>
    public void Flush() => throw new NotImplementedException();

    /// <summary>Closes the log and deletes its directory.</summary>
    public void Delete() => throw new NotImplementedException();

    /// <summary>Clean stop.</summary>
    public void Dispose() => throw new NotImplementedException();
}
