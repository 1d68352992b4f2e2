namespace KillRounds.Rounds;

/// <summary>Counts changes in a directory, so that something can be done at the n-th. Dispose ends the count.</summary>
internal sealed class Changes : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _until;
    private int _count;

    /// <param name="directory">With everything in it.</param>
    /// <param name="until">The change at which <see cref="Reached"/> ends.</param>
    public Changes(string directory, int until)
    {
        _until = until;
        _watcher = new FileSystemWatcher(directory) { IncludeSubdirectories = true, InternalBufferSize = 1 << 16, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.DirectoryName };
        _watcher.Changed += Note;
        _watcher.Created += Note;
        _watcher.Deleted += Note;
        _watcher.Renamed += Note;
        _watcher.EnableRaisingEvents = true;
    }

    public Task Reached => _reached.Task;

    public int Count => Volatile.Read(ref _count);

    public void Dispose() => _watcher.Dispose();

    private void Note(object sender, FileSystemEventArgs e)
    {
        if (Interlocked.Increment(ref _count) == _until)
            _reached.TrySetResult();
    }
}
