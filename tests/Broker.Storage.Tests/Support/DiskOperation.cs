namespace Broker.Storage.Tests.Support;

/// <param name="Name">create, read, view, write, cut, flush, rename or delete.</param>
/// <param name="Path">Of the file; a directory's fsync is a flush of its ".".</param>
/// <param name="Bytes">By how much a write or cut makes the file longer, at most 0 within the file; how much a read asks for.</param>
internal readonly record struct DiskOperation(string Name, string Path, long Bytes)
{
    public string Suffix => System.IO.Path.GetExtension(Path);

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
