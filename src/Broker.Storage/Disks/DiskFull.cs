namespace Broker.Storage.Disks;

internal static class DiskFull
{
    private const int NoSpaceOnDevice = 28;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMac = 69;
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>.NET puts the system's own error number into HResult where it has no exception type for it.</summary>
    public static bool IsCauseOf(IOException e) =>
        OperatingSystem.IsWindows()
            ? e.HResult is WindowsHandleDiskFull or WindowsDiskFull
            : e.HResult == NoSpaceOnDevice || e.HResult == (OperatingSystem.IsMacOS() ? QuotaExceededMac : QuotaExceededLinux);
}
