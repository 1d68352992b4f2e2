using Broker.Storage.Disks;
using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Tests.Support;

/// <summary>
/// Another disk, until told to fail. Keeps the trace of what is asked of it, an operation before it is done. A file goes by its suffix, its
/// directory by the name ".".
/// </summary>
internal sealed class FaultyDisk(Disk inner, bool skipsFlush = false) : Disk
{
    private readonly Lock _lock = new();
    private readonly bool _skipsFlush = skipsFlush;
    private readonly List<DiskOperation> _trace = [];
    private readonly List<DiskFault> _faults = [];
    private int _openLogs;

    /// <summary>Called on the flushing thread before each fsync of a log file.</summary>
    public Action? BeforeFlush { get; set; }

    /// <summary>Called before each operation that changes something, fsyncs included, on its thread.</summary>
    public Action? BeforeChange { get; set; }

    /// <summary>Log files that somebody still holds.</summary>
    public int OpenLogs => Volatile.Read(ref _openLogs);

    public IReadOnlyList<DiskOperation> Trace
    {
        get
        {
            lock (_lock)
                return [.. _trace];
        }
    }

    public int Count(string operation, string suffix) => Trace.Count(o => o.Name == operation && o.Suffix == suffix);

    public void Forget()
    {
        lock (_lock)
            _trace.Clear();
    }

    /// <summary>The <paramref name="nth"/> write from now on stores its first <paramref name="bytesWritten"/> bytes and throws.</summary>
    public void FailWrite(string suffix, int nth, Exception exception, int bytesWritten = 0) =>
        Fail(new DiskFault(o => o.Name == "write" && o.Suffix == suffix, exception) { Skipped = nth - 1, BytesWritten = bytesWritten });

    /// <summary>The <paramref name="nth"/> fsync from now on throws.</summary>
    public void FailFlush(string suffix, int nth, Exception exception) => FailNth("flush", suffix, nth, exception);

    /// <summary>The <paramref name="nth"/> read from now on throws.</summary>
    public void FailRead(string suffix, int nth, Exception exception) => FailNth("read", suffix, nth, exception);

    /// <summary>The <paramref name="nth"/> change of length from now on throws.</summary>
    public void FailSetLength(string suffix, int nth, Exception exception) => FailNth("cut", suffix, nth, exception);

    public void Fail(DiskFault fault)
    {
        lock (_lock)
            _faults.Add(fault);
    }

    /// <summary>It was told to fail, has failed or not, and was not healed since.</summary>
    public bool HasFaults
    {
        get
        {
            lock (_lock)
                return _faults.Count > 0;
        }
    }

    public void Heal()
    {
        lock (_lock)
            _faults.Clear();
    }

    internal override DiskFile Open(string path, FileMode mode, FileAccess access)
    {
        if (mode != FileMode.Open && !inner.FileExists(path))
            Change("create", path);
        else if (mode == FileMode.Create)
            Change("cut", path);
        var file = new FaultyFile(this, path, inner.Open(path, mode, access));
        if (file.IsLog)
            Interlocked.Increment(ref _openLogs);
        return file;
    }

    internal override FileView View(string path)
    {
        Note("view", path, inner.StatusOf(path)?.Length ?? 0);
        return new FaultyView(this, path, inner.View(path));
    }

    internal override FileStatus? StatusOf(string path) => inner.StatusOf(path);

    internal override bool DirectoryExists(string path) => inner.DirectoryExists(path);

    internal override string[] ListFiles(string directory) => inner.ListFiles(directory);

    internal override string[] ListDirectories(string directory) => inner.ListDirectories(directory);

    internal override void CreateDirectory(string path)
    {
        Change("create", path);
        inner.CreateDirectory(path);
    }

    internal override void RenameFile(string from, string to)
    {
        Change("rename", to);
        inner.RenameFile(from, to);
    }

    internal override void RenameDirectory(string from, string to)
    {
        Change("rename", to);
        inner.RenameDirectory(from, to);
    }

    internal override void DeleteFile(string path)
    {
        Change("delete", path);
        inner.DeleteFile(path);
    }

    internal override void DeleteDirectory(string path)
    {
        Change("delete", path);
        inner.DeleteDirectory(path);
    }

    internal override void FlushDirectory(string path)
    {
        try
        {
            Change("flush", path + "/.");
        }
        catch (IOException e)
        {
            throw new FlushFailedException(e);
        }

        if (!_skipsFlush)
            inner.FlushDirectory(path);
    }

    internal override IDisposable? TryLock(string path) => inner.TryLock(path);

    internal override (long TotalBytes, long UsableBytes) SpaceOf(string path) => inner.SpaceOf(path);

    private void FailNth(string operation, string suffix, int nth, Exception exception) =>
        Fail(new DiskFault(o => o.Name == operation && o.Suffix == suffix, exception) { Skipped = nth - 1 });

    private void Change(string name, string path, long bytes = 0)
    {
        if (Note(name, path, bytes) is { } fault)
            throw fault.Exception;
    }

    private DiskFault? Note(string name, string path, long bytes)
    {
        var operation = new DiskOperation(name, path, bytes);
        if (name is not ("read" or "view" or "look" or "write-back"))
            BeforeChange?.Invoke();
        lock (_lock)
        {
            _trace.Add(operation);
            return _faults.FirstOrDefault(f => f.Strikes(operation));
        }
    }

    private sealed class FaultyView(FaultyDisk disk, string path, FileView view) : FileView
    {
        public override ReadOnlySpan<byte> Bytes
        {
            get
            {
                disk.Note("look", path, 0);
                return view.Bytes;
            }
        }

        public override void Dispose() => view.Dispose();
    }

    private sealed class FaultyFile(FaultyDisk disk, string path, DiskFile file) : DiskFile
    {
        private int _disposed;

        public bool IsLog { get; } = System.IO.Path.GetExtension(path) == SegmentNames.Log;

        public override SafeFileHandle? Handle => file.Handle;

        public override long Length => file.Length;

        public override int Read(Span<byte> destination, long position)
        {
            if (disk.Note("read", path, destination.Length) is { } fault)
                throw fault.Exception;
            return file.Read(destination, position);
        }

        public override void Write(ReadOnlySpan<byte> source, long position)
        {
            if (disk.Note("write", path, position + source.Length - file.Length) is { } fault)
            {
                file.Write(source[..Math.Min(fault.BytesWritten, source.Length)], position);
                throw fault.Exception;
            }

            file.Write(source, position);
        }

        public override void SetLength(long length)
        {
            disk.Change("cut", path, length - file.Length);
            file.SetLength(length);
        }

        public override bool TryReserve(long bytes) => file.TryReserve(bytes);

        public override void Dispose()
        {
            if (IsLog && Interlocked.Exchange(ref _disposed, 1) == 0)
                Interlocked.Decrement(ref disk._openLogs);
            file.Dispose();
        }

        public override void StartWriteBack(long from, long to)
        {
            disk.Note("write-back", path, to - from);
            file.StartWriteBack(from, to);
        }

        protected override void Sync()
        {
            if (IsLog)
                disk.BeforeFlush?.Invoke();
            if (disk.Note("flush", path, 0) is { } fault)
            {
                // As an operating system does: what it could not write it takes for written, and the next fsync succeeds without it.
                (file as MemoryDisk.MemoryFile)?.LoseUnsynced();
                throw fault.Exception;
            }

            if (!disk._skipsFlush)
                file.Flush();
        }
    }
}
