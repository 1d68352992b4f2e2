namespace Broker.Storage.Tests.Support;

internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("storage-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
