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

        /// <summary>
        /// Puts a file in the place of another, if there is one, which is not touched: a crash leaves the whole old content or the whole new
        /// one. Certain to be the new one after the next fsync of the directory.
        /// </summary>
        public void PutFile(string path, ReadOnlySpan<byte> content)
        {
            var temp = path + TempSuffix;
            using (var file = disk.Open(temp, FileMode.OpenOrCreate, FileAccess.ReadWrite))
            {
                file.Write(content, 0);
                file.SetLength(content.Length);
                file.Flush();
            }

            disk.RenameFile(temp, path);
        }

        /// <summary>As <see cref="PutFile"/>, and on disk when it returns.</summary>
        public void ReplaceFile(string path, ReadOnlySpan<byte> content)
        {
            disk.PutFile(path, content);
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
