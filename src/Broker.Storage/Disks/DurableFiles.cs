namespace Broker.Storage.Disks;

/// <summary>What takes several steps to survive a power loss.</summary>
internal static class DurableFiles
{
    public const string TempSuffix = ".tmp";

    extension(Disk disk)
    {
        public bool FileExists(string path) => disk.StatusOf(path) is not null;

        /// <exception cref="FileNotFoundException" />
        public byte[] ReadFile(string path)
        {
            using var file = disk.Open(path, FileMode.Open, FileAccess.Read);
            return file.ReadAll();
        }

        /// <summary>Replaces a small file so that a crash leaves the whole old content or the whole new one. On disk when it returns.</summary>
        public void ReplaceFile(string path, ReadOnlySpan<byte> content)
        {
            var temp = path + TempSuffix;
            using (var file = disk.Open(temp, FileMode.OpenOrCreate, FileAccess.ReadWrite))
                file.Replace(content);
            disk.RenameFile(temp, path);
            disk.FlushDirectory(Path.GetDirectoryName(path)!);
        }

        /// <summary>Creates the directory and those above it that are missing, each on disk before what it holds.</summary>
        public void CreateDirectories(string path)
        {
            if (disk.DirectoryExists(path))
                return;
            var parent = Path.GetDirectoryName(path) ?? throw new DirectoryNotFoundException(path);
            disk.CreateDirectories(parent);
            disk.CreateDirectory(path);
            disk.FlushDirectory(parent);
        }
    }
}
