using System.Buffers;
using System.Diagnostics;

namespace Broker.Records;

/// <summary>A batch's records after decompression, in a pooled array that Dispose gives back; or the reason why there are none.</summary>
internal readonly struct DecompressedRecords : IDisposable
{
    private readonly byte[]? _rented;
    private readonly int _length;

    public DecompressedRecords(byte[] rented, int length)
    {
        _rented = rented;
        _length = length;
    }

    public DecompressedRecords(BatchFault fault)
    {
        Debug.Assert(fault != BatchFault.None);
        Fault = fault;
    }

    public BatchFault Fault { get; }

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }
}
