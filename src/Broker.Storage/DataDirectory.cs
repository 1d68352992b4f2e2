namespace Broker.Storage;

public sealed class DataDirectory : IDisposable
{
    /// <summary>Creates and locks the directory.</summary>
    /// <exception cref="DataDirectoryInUseException" />
    public static DataDirectory Open(string path) => throw new NotImplementedException();

    /// <summary>Full path.</summary>
    public string Path => throw new NotImplementedException();

    /// <summary>Replaces a small file so that a crash leaves the old or the new content: temp file, fsync, rename, fsync of the directory.</summary>
    public void WriteAtomically(string fileName, ReadOnlySpan<byte> content) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
