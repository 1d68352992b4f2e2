using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>Failures that pass by themselves and leave nothing in doubt: no room on the disk, no more files to be opened.</summary>
public static class Shortage
{
    private const int TooManyFiles = 24;
    private const int TooManyFilesInSystem = 23;
    private const int WindowsTooManyFiles = unchecked((int)0x80070004);

    /// <summary>Never of a failed fsync, for whatever reason it failed.</summary>
    public static bool IsCauseOf(Exception exception) => exception switch
    {
        DiskFullException => true,
        IOException e => DiskFull.IsCauseOf(e) || IsOfFiles(e.HResult),
        _ => false,
    };

    private static bool IsOfFiles(int error) => OperatingSystem.IsWindows() ? error == WindowsTooManyFiles : error is TooManyFiles or TooManyFilesInSystem;
}
