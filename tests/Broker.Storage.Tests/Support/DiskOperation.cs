using Broker.Storage.Disks;

namespace Broker.Storage.Tests.Support;

/// <param name="Name">create, read, view, look (at a view), write, write-back, cut, flush, rename or delete.</param>
/// <param name="Path">Of the file; a directory's fsync is a flush of its ".".</param>
/// <param name="Bytes">By how much a write or cut makes the file longer, at most 0 within the file; how much a read or write-back asks for and a view holds.</param>
internal readonly record struct DiskOperation(string Name, string Path, long Bytes)
{
    /// <summary>A file that is written aside counts as the one whose place it takes.</summary>
    public string Suffix => System.IO.Path.GetExtension(Path.EndsWith(DurableFiles.TempSuffix, StringComparison.Ordinal) ? Path[..^DurableFiles.TempSuffix.Length] : Path);

    public override string ToString() => $"{Name} {System.IO.Path.GetFileName(Path)} {Bytes}";
}

/// <summary>Fails the operations that it is about, once or until the disk is healed.</summary>
internal sealed class DiskFault(Func<DiskOperation, bool> isAbout, Exception exception)
{
    private bool _isSpent;

    public Exception Exception => exception;

    /// <summary>So many of them go well first.</summary>
    public int Skipped { get; set; }

    /// <summary>Of a write, before it fails.</summary>
    public int BytesWritten { get; init; }

    public bool IsLasting { get; init; }

    public bool Strikes(in DiskOperation operation)
    {
        if (_isSpent || !isAbout(operation) || Skipped-- > 0)
            return false;
        _isSpent = !IsLasting;
        return true;
    }
}

internal static class DiskFaults
{
    private static readonly string[] Names = ["create", "write", "cut", "flush", "rename", "delete"];

    public static IOException NoSpace() => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    /// <summary>Whatever needs more room fails until the disk is healed: files that grow, and new ones.</summary>
    public static DiskFault FullDisk(int bytesWritten = 0) =>
        new(static o => o.Name == "create" || (o.Name is "write" or "cut" && o.Bytes > 0), NoSpace()) { IsLasting = true, BytesWritten = bytesWritten };

    /// <summary>One of many, by number: an operation of one kind fails once, or the disk is full.</summary>
    public static DiskFault Any(int number) => (number % 7) switch
    {
        6 => FullDisk(number),
        var kind => new DiskFault(o => o.Name == Names[kind], new IOException("EIO")) { Skipped = number / 7 % 4, BytesWritten = number },
    };
}
