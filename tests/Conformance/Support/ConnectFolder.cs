namespace Conformance.Support;

/// <summary>A new folder whose name nobody else uses, for a Connect cluster and the files its connectors read and write; it goes when the test ends.</summary>
public sealed class ConnectFolder : IDisposable
{
    public ConnectFolder() => Path = Directory.CreateTempSubdirectory("connect-").FullName;

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static Dictionary<string, string> FileSource(string file, string topic) => new()
    {
        ["connector.class"] = "org.apache.kafka.connect.file.FileStreamSourceConnector",
        ["file"] = file,
        ["topic"] = topic,
    };

    public static Dictionary<string, string> FileSink(string file, string topic) => new()
    {
        ["connector.class"] = "org.apache.kafka.connect.file.FileStreamSinkConnector",
        ["file"] = file,
        ["topics"] = topic,
    };

    public static async Task<bool> HasLinesAsync(string file, params string[] lines) =>
        System.IO.File.Exists(file) && (await System.IO.File.ReadAllLinesAsync(file)).Order().SequenceEqual(lines.Order());
}
