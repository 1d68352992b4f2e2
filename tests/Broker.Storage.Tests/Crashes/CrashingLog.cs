using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Storage.Tests.Crashes;

/// <summary>
/// A log on a disk in memory. Before each change of the disk, by whatever it is told to do, the power fails: what would be left is opened
/// and compared with the ledger, written to, and opened again. Then it goes on as if nothing had happened.
/// </summary>
internal sealed class CrashingLog : IDisposable
{
    private static readonly string DirectoryPath = Path.GetFullPath("/data/orders-0");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    private readonly LogLedger _ledger = new();
    private readonly LogOptions _options;
    private readonly Random _random;
    private readonly int _tornImages;
    private MemoryDisk _memory = new();
    private FaultyDisk _disk;
    private PartitionLog? _log;
    private Exception? _disagreement;
    private IReadOnlyList<DiskOperation> _traceToDisagreement = [];

    /// <param name="options">Of the log.</param>
    /// <param name="seed">Of everything that is left to chance.</param>
    /// <param name="tornImages">How many of the many things that a real disk might leave are looked at, each time, beside the three that are certain.</param>
    public CrashingLog(LogOptions options, int seed, int tornImages = 2)
    {
        _options = options;
        _random = new Random(seed);
        _tornImages = tornImages;
        _disk = new FaultyDisk(_memory);
        _memory.CreateDirectories(Path.GetDirectoryName(DirectoryPath)!);
        Open();
    }

    public PartitionLog Log => _log!;

    public FaultyDisk Disk => _disk;

    /// <summary>Crashes that were looked at.</summary>
    public int Images { get; private set; }

    public void Append(byte[] batch)
    {
        if (Log.IsReadOnly)
        {
            Assert.Throws<LogReadOnlyException>(() => Log.Append(batch, LogScenario.Epoch));
            return;
        }

        _ledger.Begin(batch);
        try
        {
            var result = Log.Append(batch, LogScenario.Epoch);
            Assert.Equal(AppendOutcome.Appended, result.Outcome);
            _ledger.Appended();
        }
        catch (DiskFullException)
        {
            _ledger.Refused();
        }
        catch (LogReadOnlyException)
        {
            // It is not acknowledged, and yet it may be found after the next opening.
        }

        Verify();
    }

    public void Flush() => Try(Log.Flush);

    public void DeleteRecordsBefore(long offset)
    {
        _ledger.PendingStart = Math.Max(_ledger.PendingStart, offset);
        Try(() => Log.DeleteRecordsBefore(offset));
    }

    public void ApplyRetention()
    {
        _ledger.PendingStart = Log.LogEndOffset;
        Try(() => Log.ApplyRetention());
    }

    public void Compact()
    {
        _ledger.IsCompacted = true;
        Try(() => Log.Compact(KeyedLog.Buffer));
    }

    public void CleanRestart()
    {
        Log.Dispose();
        Verify();
        Open();
    }

    /// <param name="fault">What the disk does while the log is opened, until it was opened once in vain.</param>
    public void Kill(DiskFault? fault = null) => Continue(_memory.CopyAfterKill(), fault);

    public void LosePower(bool torn) => Continue(torn ? _memory.CopyAfterPowerLoss(_random) : _memory.CopyAfterPowerLoss());

    public void Dispose()
    {
        Log.Dispose();
        Verify();
    }

    private void Try(Action act)
    {
        try
        {
            act();
            // Once a write failed, an earlier one that was not acknowledged may still come to light.
            if (!Log.IsReadOnly)
                _ledger.PendingStart = Log.LogStartOffset;
        }
        catch (IOException) when (Disk.HasFaults)
        {
        }

        Verify();
    }

    private void Continue(MemoryDisk left, DiskFault? fault = null)
    {
        NoteWhatCanBeSeen();
        _memory = left;
        _disk = new FaultyDisk(left);
        if (fault is not null)
            _disk.Fail(fault);
        Open();
    }

    private void Open()
    {
        _disk.BeforeChange = Crash;
        _log = null;
        try
        {
            _log = Open(_disk);
        }
        catch (IOException) when (_disk.HasFaults)
        {
            _disk.Heal();
            _log = Open(_disk);
        }

        Verify();
        _ledger.Check(_log);
        _ledger.Continue(_log);
    }

    private void Verify()
    {
        if (_disagreement is not null)
            throw new InvalidOperationException(
                $"A crash after these operations loses or invents something:\n{string.Join('\n', _traceToDisagreement.TakeLast(60))}\n{_disagreement}", _disagreement);
    }

    private void Crash()
    {
        if (_disagreement is not null)
            return;
        NoteWhatCanBeSeen();
        try
        {
            Check(_memory.CopyAfterKill());
            CheckWithPowerLoss(_memory.CopyAfterKill());
            Check(_memory.CopyAfterKill().CopyAfterPowerLoss());
            for (var i = 0; i < _tornImages; i++)
                Check(_memory.CopyAfterPowerLoss(_random));
        }
        catch (Exception e)
        {
            // Thrown from here it would meet the handlers of the log.
            _disagreement = e;
            _traceToDisagreement = _disk.Trace;
        }
    }

    private void NoteWhatCanBeSeen()
    {
        if (_log is null)
            return;
        _ledger.Flushed = Math.Max(_ledger.Flushed, _log.FlushedOffset);
        _ledger.Start = Math.Max(_ledger.Start, _log.LogStartOffset);
        _ledger.PendingStart = Math.Max(_ledger.PendingStart, _ledger.Start);
    }

    /// <summary>The power may fail while the log is opened again: some of these moments are looked at too.</summary>
    private void CheckWithPowerLoss(MemoryDisk image)
    {
        var lost = new List<MemoryDisk>();
        var disk = new FaultyDisk(image) { BeforeChange = () => lost.Add(image.CopyAfterPowerLoss(_random)) };
        Open(disk).Dispose();
        foreach (var left in lost.OrderBy(_ => _random.Next()).Take(_tornImages))
            Check(left);
    }

    private void Check(MemoryDisk image)
    {
        Images++;
        long end;
        using (var log = Open(image))
        {
            _ledger.Check(log);
            if (_ledger.IsCompacted)
            {
                log.Compact(KeyedLog.Buffer);
                _ledger.Check(log);
            }

            end = log.Append(new LogBatches(_random).Plain(), LogScenario.Epoch).LastOffset + 1;
            log.Flush();
            image = image.CopyAfterPowerLoss();
        }

        using var again = Open(image);
        Assert.Equal(end, again.LogEndOffset);
    }

    private PartitionLog Open(Disk disk) => PartitionLog.Open(DirectoryPath, _options, _time, NullLogger.Instance, disk);
}
