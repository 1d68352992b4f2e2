using System.Collections.Concurrent;
using Aspire.Hosting.Observing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the resources wrote to standard output and standard error. Members may be called from any thread.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ResourceLog>> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly LogDirectory _directory;
    private readonly TimeProvider _time;

    internal ResourceLoggerService(LogDirectory directory, TimeProvider time)
    {
        _directory = directory;
        _time = time;
    }

    /// <summary>The last 10,000 lines of a resource, then each new one, until cancelled. A reader that falls behind as far misses the oldest.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Of(resourceName).WatchAsync();

    /// <summary>The last 10,000 lines of a resource.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) =>
        new[] { Of(resourceName).Lines }.ToAsyncEnumerable();

    /// <summary>Closes the log files.</summary>
    public void Dispose()
    {
        foreach (var log in _logs.Values)
        {
            log.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    internal ResourceLog Of(string resourceName) =>
        _logs.GetOrAdd(resourceName, name => new Lazy<ResourceLog>(() => new ResourceLog(_directory.FileOf(name), _time))).Value;
}
