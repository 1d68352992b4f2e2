using System.IO.MemoryMappedFiles;

namespace Broker.Storage;

/// <summary>
/// A sealed segment's index file, mapped read-only. The file never changes while it is mapped: it was written whole at
/// sealing, and it is deleted, not cut. The owner keeps it alive while anybody looks at <see cref="Entries"/>.
/// </summary>
internal sealed unsafe class MappedIndex : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly int _length;

    public MappedIndex(string path, int entrySize)
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _length = (int)(file.Length / entrySize) * entrySize;
        if (_length == 0)
            return;
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public ReadOnlySpan<byte> Entries => new(_start, _length);

    public void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
    }
}
