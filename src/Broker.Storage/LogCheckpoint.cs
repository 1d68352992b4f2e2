using System.Buffers.Binary;
using Broker.Records;
using Broker.Storage.Compaction;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>What a log knows about itself besides its segments.</summary>
/// <param name="LogStartOffset">First offset that may be read: DeleteRecords moves it into the middle of a segment.</param>
/// <param name="FlushedOffset">Everything below was on disk when this was written.</param>
/// <param name="Compaction">How far compaction got.</param>
/// <param name="CleanEnd">Where a clean stop left the log, null while it is in use.</param>
internal readonly record struct CheckpointState(long LogStartOffset, long FlushedOffset, CompactionProgress Compaction, CleanEnd? CleanEnd);

/// <param name="LogEndOffset">Offset of the next record.</param>
/// <param name="SegmentBaseOffset">The active segment.</param>
/// <param name="SegmentSize">Its size in bytes.</param>
internal readonly record struct CleanEnd(long LogEndOffset, long SegmentBaseOffset, long SegmentSize);

/// <summary>
/// The checkpoint file: two slots a disk sector apart. One is written over only while the other is on disk, so that a torn write leaves that one. The
/// file gets its name with its first slot in it: no crash leaves a file of that name without a readable one. Not thread-safe: the log's flush lock guards it.
/// </summary>
internal sealed class LogCheckpoint : IDisposable
{
    public const string FileName = "log.checkpoint";

    private const uint Magic = 0x4C43_5032;
    private const int SlotDistance = 512;
    private const int SlotSize = 80;
    private const int CrcPosition = SlotSize - sizeof(uint);

    private static readonly TimeSpan LongestWithoutFlush = TimeSpan.FromSeconds(1);

    private readonly Disk _disk;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly byte[] _slot = new byte[SlotSize];
    private DiskFile? _file;
    private long _sequence;
    private long _position;
    private bool _isOnDisk;
    private long _flushedAt;

    private LogCheckpoint(Disk disk, string directory, TimeProvider time)
    {
        _disk = disk;
        _path = Path.Combine(directory, FileName);
        _time = time;
        _flushedAt = time.GetTimestamp();
    }

    /// <summary>Null when there is no file: then nothing is known.</summary>
    public CheckpointState? Found { get; private set; }

    /// <summary>The file says that the log was closed cleanly. Before the log changes, that must be taken back.</summary>
    public bool SaysClean { get; private set; }

    /// <exception cref="CorruptLogException">There is a file, and neither of its slots can be read.</exception>
    public static LogCheckpoint Open(Disk disk, string directory, TimeProvider time) => Open(disk, directory, time, FileAccess.ReadWrite);

    /// <summary>What the file says; null where there is none.</summary>
    /// <exception cref="CorruptLogException">As <see cref="Open(Disk, string, TimeProvider)"/>.</exception>
    public static CheckpointState? Read(Disk disk, string directory)
    {
        using var checkpoint = Open(disk, directory, TimeProvider.System, FileAccess.Read);
        return checkpoint.Found;
    }

    /// <summary>On disk when it returns. The first one makes the file where there is none.</summary>
    public void Write(in CheckpointState state)
    {
        if (_file is null)
        {
            Create(state);
        }
        else
        {
            WriteBehind(state);
            _file.Flush();
            _isOnDisk = true;
        }

        _flushedAt = _time.GetTimestamp();
    }

    /// <summary>
    /// Costs an fsync only where the last is a second ago; otherwise the kernel writes the slot in its own time, and a power
    /// loss may bring back an older state. That is no danger: what it says was on disk still is.
    /// </summary>
    public void WriteSoon(in CheckpointState state)
    {
        if (_time.GetElapsedTime(_flushedAt) >= LongestWithoutFlush)
            Write(state);
        else
            WriteBehind(state);
    }

    /// <summary>Survives the process, not the power. The file is there.</summary>
    public void WriteBehind(in CheckpointState state)
    {
        Encode(state);
        if (_isOnDisk)
            _position = SlotDistance - _position;
        _isOnDisk = false;
        _file!.Write(_slot, _position);
    }

    public void Dispose() => _file?.Dispose();

    private static LogCheckpoint Open(Disk disk, string directory, TimeProvider time, FileAccess access)
    {
        var checkpoint = new LogCheckpoint(disk, directory, time);
        if (!disk.FileExists(checkpoint._path))
            return checkpoint;
        checkpoint._file = disk.Open(checkpoint._path, FileMode.Open, access);
        try
        {
            checkpoint.ReadSlot(0);
            checkpoint.ReadSlot(SlotDistance);
            if (checkpoint.Found is null)
                throw new CorruptLogException(checkpoint._path, 0, 0, "neither of its two entries can be read, so that nobody knows where the log starts and which records were on disk. Without this file the log opens with all that its segments hold");
            if (access != FileAccess.Read)
                checkpoint.BringToDisk();
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Before the other slot is written over: what was found may never have reached the disk. A clean mark has.</summary>
    private void BringToDisk()
    {
        if (!SaysClean)
        {
            _file!.WriteAgain(_position, _position + SlotSize);
            _file!.Flush();
        }

        _isOnDisk = true;
    }

    private void Create(in CheckpointState state)
    {
        Encode(state);
        var content = new byte[SlotDistance + SlotSize];
        _slot.CopyTo(content, _position);
        _disk.ReplaceFile(_path, content);
        _isOnDisk = true;
        _file = _disk.Open(_path, FileMode.Open, FileAccess.ReadWrite);
    }

    /// <summary>Into <see cref="_slot"/>, as the next in the sequence.</summary>
    private void Encode(in CheckpointState state)
    {
        SaysClean = state.CleanEnd is not null;
        _sequence++;
        var slot = _slot.AsSpan();
        BinaryPrimitives.WriteUInt32BigEndian(slot, Magic);
        BinaryPrimitives.WriteInt64BigEndian(slot[4..], _sequence);
        BinaryPrimitives.WriteInt64BigEndian(slot[12..], state.LogStartOffset);
        BinaryPrimitives.WriteInt64BigEndian(slot[20..], state.FlushedOffset);
        var end = state.CleanEnd ?? new CleanEnd(-1, -1, -1);
        BinaryPrimitives.WriteInt64BigEndian(slot[28..], end.LogEndOffset);
        BinaryPrimitives.WriteInt64BigEndian(slot[36..], end.SegmentBaseOffset);
        BinaryPrimitives.WriteInt64BigEndian(slot[44..], end.SegmentSize);
        BinaryPrimitives.WriteInt64BigEndian(slot[52..], state.Compaction.FirstDirtyOffset);
        BinaryPrimitives.WriteInt64BigEndian(slot[60..], state.Compaction.SparseBelow);
        BinaryPrimitives.WriteUInt32BigEndian(slot[CrcPosition..], Crc32C.Compute(slot[..CrcPosition]));
    }

    private void ReadSlot(long position)
    {
        var slot = _slot.AsSpan();
        if (_file!.Length < position + SlotSize)
            return;
        _file.ReadExactly(slot, position);
        if (BinaryPrimitives.ReadUInt32BigEndian(slot) != Magic
            || BinaryPrimitives.ReadUInt32BigEndian(slot[CrcPosition..]) != Crc32C.Compute(slot[..CrcPosition]))
        {
            return;
        }

        var sequence = BinaryPrimitives.ReadInt64BigEndian(slot[4..]);
        if (sequence <= _sequence)
            return;
        (_sequence, _position) = (sequence, position);
        var end = new CleanEnd(
            BinaryPrimitives.ReadInt64BigEndian(slot[28..]),
            BinaryPrimitives.ReadInt64BigEndian(slot[36..]),
            BinaryPrimitives.ReadInt64BigEndian(slot[44..]));
        Found = new CheckpointState(
            BinaryPrimitives.ReadInt64BigEndian(slot[12..]),
            BinaryPrimitives.ReadInt64BigEndian(slot[20..]),
            new CompactionProgress(BinaryPrimitives.ReadInt64BigEndian(slot[52..]), BinaryPrimitives.ReadInt64BigEndian(slot[60..])),
            end.LogEndOffset < 0 ? null : end);
        SaysClean = end.LogEndOffset >= 0;
    }
}
