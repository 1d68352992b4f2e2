using Broker.Storage.Compaction;
using Broker.Storage.Disks;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>What the parts of one log share. Changed under <see cref="Lock"/>, read without it.</summary>
internal sealed class LogState(Disk disk, string directory, LogOptions options, TimeProvider time, ILogger logger, RecoveredLog recovered)
{
    private volatile LogOptions _options = options;
    private volatile SegmentList _segments = new(recovered.Segments);
    private volatile CompactionProgress _compaction = recovered.Compaction;
    private volatile bool _isClosed;

    public Disk Disk => disk;

    public string Directory => directory;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    public Lock Lock { get; } = new();

    public LogOffsets Offsets => recovered.Offsets;

    public WriteFailure Failure { get; } = new(directory, logger);

    public SpaceWatch Space { get; } = new(directory, logger);

    public LogOptions Options
    {
        get => _options;
        set => _options = value;
    }

    public SegmentList Segments
    {
        get => _segments;
        set => _segments = value;
    }

    public CompactionProgress Compaction
    {
        get => _compaction;
        set => _compaction = value;
    }

    public LeaderEpochs Epochs => recovered.Epochs;

    public bool IsClosed => _isClosed;

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <exception cref="ObjectDisposedException" />
    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(PartitionLog));

    /// <exception cref="LogReadOnlyException">A write or fsync failed.</exception>
    public void ThrowUnlessWritable()
    {
        ThrowIfClosed();
        Failure.ThrowIfSet();
    }

    /// <returns>False when it was closed already.</returns>
    public bool Close()
    {
        lock (Lock)
        {
            if (_isClosed)
                return false;
            _isClosed = true;
            foreach (var segment in _segments.All)
                segment.Files.Release();
            return true;
        }
    }
}
