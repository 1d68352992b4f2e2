using System.IO.MemoryMappedFiles;

namespace Broker.Storage.Disks;

/// <summary>A file mapped read-only. Cutting it while it is mapped would end the process by a signal; deleting it does not.</summary>
internal sealed unsafe class MappedFile : FileView
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly int _length;

    public MappedFile(string path)
    {
        if (!File.Exists(path))
            return;
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _length = checked((int)file.Length);
        if (_length == 0)
            return;
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public override ReadOnlySpan<byte> Bytes => new(_start, _length);

    public override void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
    }
}
