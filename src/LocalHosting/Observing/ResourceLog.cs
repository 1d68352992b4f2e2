using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line that a resource wrote.</summary>
/// <param name="LineNumber">Counted from 1 over the life of the app host.</param>
/// <param name="Content">The line as written, colour codes included.</param>
/// <param name="IsErrorMessage">Whether it was written to standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>
/// What one resource wrote: the last lines in memory, all of them in a file. Lines may be added from several threads. A write that fails
/// ends the file, says so as a line of its own, and leaves the lines in memory going.
/// </summary>
internal sealed partial class ResourceLog : IDisposable
{
    /// <summary>Lines kept in memory, and lines a slow watcher may be behind before it misses the oldest.</summary>
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<Channel<LogLine>> _watchers = [];
    private readonly TimeProvider _time;
    private StreamWriter? _file;
    private int _count;

    public ResourceLog(string file, TimeProvider time)
    {
        _time = time;
        File = file;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _file = new StreamWriter(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
    }

    public string File { get; }

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public static string WithoutColours(string line) => ColourCode().Replace(line, "");

    public void Add(string content, bool isError)
    {
        lock (_lock)
        {
            Keep(content, isError);
            try
            {
                _file?.WriteLine($"{_time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {(isError ? "err" : "out")} {WithoutColours(content)}");
            }
            catch (IOException e)
            {
                _file = null;
                Keep($"The log file {File} ends here: {e.Message}", isError: true);
            }
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });
        IReadOnlyList<LogLine> past;
        lock (_lock)
        {
            past = [.. _lines];
            _watchers.Add(channel);
        }

        try
        {
            yield return past;
            await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return [line];
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Keep(string content, bool isError)
    {
        var line = new LogLine(++_count, content, isError);
        if (_lines.Count == Capacity)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(line);
        foreach (var watcher in _watchers)
        {
            watcher.Writer.TryWrite(line);
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex ColourCode();
}
