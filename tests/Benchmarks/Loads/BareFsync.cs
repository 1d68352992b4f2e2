using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Benchmarks.Loads;

/// <summary>What the disk gives at best to one writer: blocks appended to some files in turn, an fsync after each, and nothing else.</summary>
internal static class BareFsync
{
    public static Throughput Run(int files, int blockSize, long bytes)
    {
        var directory = Directory.CreateTempSubdirectory("benchmark-").FullName;
        var open = new SafeFileHandle[files];
        try
        {
            for (var i = 0; i < files; i++)
                open[i] = File.OpenHandle(Path.Combine(directory, $"{i}"), FileMode.CreateNew, FileAccess.Write);
            var block = RandomNumberGenerator.GetBytes(blockSize);
            var measured = Throughput.Measure(() => Environment.CpuUsage.TotalTime);
            var written = 0L;
            for (var n = 0; written < bytes; n++, written += blockSize)
            {
                RandomAccess.Write(open[n % files], block, (long)(n / files) * blockSize);
                RandomAccess.FlushToDisk(open[n % files]);
            }

            return measured(written);
        }
        finally
        {
            foreach (var file in open)
                file?.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }
}
