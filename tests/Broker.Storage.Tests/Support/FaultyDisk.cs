using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Tests.Support;

/// <summary>The real disk, until told to fail. Counts what is asked of it, by the file's suffix.</summary>
internal sealed class FaultyDisk
{
    private readonly Lock _lock = new();
    private readonly List<(string Suffix, string Operation)> _operations = [];
    private readonly List<Fault> _faults = [];

    public int Count(string operation, string suffix)
    {
        lock (_lock)
            return _operations.Count(o => o.Operation == operation && o.Suffix == suffix);
    }

    public void Forget()
    {
        lock (_lock)
            _operations.Clear();
    }

    /// <summary>The <paramref name="nth"/> write from now on stores its first <paramref name="bytesWritten"/> bytes and throws.</summary>
    public void FailWrite(string suffix, int nth, Exception exception, int bytesWritten = 0)
    {
        lock (_lock)
            _faults.Add(new Fault("write", suffix, nth, exception, bytesWritten));
    }

    /// <summary>The <paramref name="nth"/> fsync from now on throws.</summary>
    public void FailFlush(string suffix, int nth, Exception exception)
    {
        lock (_lock)
            _faults.Add(new Fault("flush", suffix, nth, exception, 0));
    }

    /// <summary>The <paramref name="nth"/> read from now on throws.</summary>
    public void FailRead(string suffix, int nth, Exception exception)
    {
        lock (_lock)
            _faults.Add(new Fault("read", suffix, nth, exception, 0));
    }

    /// <summary>The <paramref name="nth"/> change of length from now on throws.</summary>
    public void FailSetLength(string suffix, int nth, Exception exception)
    {
        lock (_lock)
            _faults.Add(new Fault("cut", suffix, nth, exception, 0));
    }

    /// <summary>Called on the flushing thread before each fsync of a log file.</summary>
    public Action? BeforeFlush { get; set; }

    public ILogFile Open(string path, FileMode mode, FileAccess access) =>
        new FaultyFile(this, DiskFile.Open(path, mode, access), System.IO.Path.GetExtension(path));

    private Fault? Note(string operation, string suffix)
    {
        lock (_lock)
        {
            _operations.Add((suffix, operation));
            var fault = _faults.FirstOrDefault(f => f.Operation == operation && f.Suffix == suffix);
            if (fault is null || --fault.Remaining > 0)
                return null;
            _faults.Remove(fault);
            return fault;
        }
    }

    private sealed class Fault(string operation, string suffix, int remaining, Exception exception, int bytesWritten)
    {
        public string Operation => operation;

        public string Suffix => suffix;

        public int Remaining { get; set; } = remaining;

        public Exception Exception => exception;

        public int BytesWritten => bytesWritten;
    }

    private sealed class FaultyFile(FaultyDisk disk, ILogFile file, string suffix) : ILogFile
    {
        public SafeFileHandle Handle => file.Handle;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position)
        {
            if (disk.Note("read", suffix) is { } fault)
                throw fault.Exception;
            return file.Read(destination, position);
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            if (disk.Note("write", suffix) is { } fault)
            {
                file.Write(source[..fault.BytesWritten], position);
                throw fault.Exception;
            }

            file.Write(source, position);
        }

        public void Flush()
        {
            if (suffix == SegmentNames.Log)
                disk.BeforeFlush?.Invoke();
            if (disk.Note("flush", suffix) is { } fault)
                throw fault.Exception;
            // No test cuts the power, so the page cache is as good as the disk, and much faster.
        }

        public void SetLength(long length)
        {
            if (disk.Note("cut", suffix) is { } fault)
                throw fault.Exception;
            file.SetLength(length);
        }

        public void Dispose() => file.Dispose();
    }
}
