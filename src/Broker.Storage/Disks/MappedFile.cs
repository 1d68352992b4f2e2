using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

/// <summary>
/// A file mapped read-only. To look at bytes of the map that the file no longer has ends the process by a signal. The log itself never cuts
/// such a file, it deletes it, which is harmless; a cut by somebody else is noticed before each look.
/// </summary>
internal sealed unsafe class MappedFile : FileView
{
    private readonly string _path;
    private readonly SafeFileHandle? _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly int _length;

    public MappedFile(string path)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _length = checked((int)RandomAccess.GetLength(_file));
        if (_length == 0)
            return;
        _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public override ReadOnlySpan<byte> Bytes
    {
        get
        {
            if (_file is not null && RandomAccess.GetLength(_file) < _length)
                throw new IOException($"{_path} was cut while it was in use. The next start builds it again.");
            return new ReadOnlySpan<byte>(_start, _length);
        }
    }

    public override void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
        _file?.Dispose();
    }
}
