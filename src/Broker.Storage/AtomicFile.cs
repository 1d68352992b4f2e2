namespace Broker.Storage;

/// <summary>Replaces a small file so that a crash leaves the whole old content or the whole new one.</summary>
internal static class AtomicFile
{
    public const string TempSuffix = ".tmp";

    public static void Write(string path, ReadOnlySpan<byte> content, OpenFile open)
    {
        var temp = path + TempSuffix;
        using (var file = open(temp, FileMode.OpenOrCreate, FileAccess.ReadWrite))
            file.Replace(content);
        File.Move(temp, path, overwrite: true);
        DirectoryEntries.Flush(Path.GetDirectoryName(path)!);
    }
}
