using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// A file of room kept back for the small files that must be written when the disk is full: without them no topic could be deleted, nor a broker
/// started, to make room. It is given up by steps, so that a writer of records finds little of it, and taken again when there is room. Safe for use
/// by any thread.
/// </summary>
internal sealed class SpaceReserve(Disk disk, string directory)
{
    public const string FileName = ".reserve";

    internal const int SizeInBytes = 4 << 20;
    private const int StepBytes = 512 << 10;

    private readonly Lock _lock = new();
    private readonly string _path = Path.Combine(directory, FileName);

    private long Held => disk.StatusOf(_path)?.Length ?? 0;

    /// <summary>Takes what is missing, or as much of it as there is.</summary>
    public void Keep()
    {
        lock (_lock)
        {
            // A disk that knows no bounds needs no reserve.
            if (Held >= SizeInBytes || disk.SpaceOf(directory).UsableBytes < 0)
                return;

            try
            {
                using var file = disk.Open(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
                for (var next = file.Length + StepBytes; next <= SizeInBytes; next += StepBytes)
                    Grow(file, next);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is asked for again; until then there is less to give up.
            }
        }
    }

    /// <returns>False when there is nothing left to give up.</returns>
    public bool TryRelease(long bytes)
    {
        lock (_lock)
        {
            var held = Held;
            if (held == 0)
                return false;

            try
            {
                using var file = disk.Open(_path, FileMode.Open, FileAccess.ReadWrite);
                file.SetLength(Math.Max(0, held - Math.Max(bytes, StepBytes)));
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private static void Grow(DiskFile file, long length)
    {
        if (file.TryReserve(length))
        {
            file.SetLength(length);
            return;
        }

        // The file system has no such thing, or no room. Noise, because one that compresses gives zeros no room.
        var noise = new byte[length - file.Length];
        Random.Shared.NextBytes(noise);
        file.Write(noise, file.Length);
    }
}
