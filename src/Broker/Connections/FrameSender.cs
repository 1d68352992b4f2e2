using System.Buffers;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Storage;

namespace Broker.Connections;

/// <summary>
/// Takes a frame apart for sending. Records that lie in log files go from file to socket by sendfile where the system has it and
/// nothing encrypts, else through a small buffer. The caller sends what it is given, so that nothing here waits: a frame costs no
/// object, however often its client must be waited for. One caller.
/// </summary>
internal sealed class FrameSender(ITransport transport, BrokerMetrics metrics) : IDisposable
{
    private const int CopySize = 64 * 1024;

    /// <summary>
    /// A frame of at most this many bytes goes in one piece, its records copied: in two the client would be woken twice, and the kernel
    /// copies so little for less than it takes to lend its pages.
    /// </summary>
    private const int OnePieceSize = 16 * 1024;

    /// <summary>
    /// A full socket buffer is at last waited out by sending this much the ordinary way: nothing in .NET awaits writability alone, and
    /// a send of no bytes does not wait. The kernel wakes a sender only when a good part of the buffer is free again.
    /// </summary>
    private const int WaitSize = 4 * 1024;

    /// <summary>
    /// A client that keeps up soon frees its buffer: until then, and at most this long, the thread sleeps in the kernel, which costs
    /// less than to hand the connection to the threads that wait and back.
    /// </summary>
    private const int KeepsUpMs = 1;

    /// <summary>At most half of the processors' worth of threads sleep so; with one processor none does.</summary>
    private static readonly SemaphoreSlim Sleepers = new(Environment.ProcessorCount / 2);

    private FrameBuffer _frame = null!;
    private byte[] _copy = [];
    private Memory<byte> _piece;
    private int _ownSent;
    private int _next;
    private int _nextSent;
    private bool _keepsUp;
    private bool _kernelCopies = transport.Plain is not null && NativeSocket.SendFileSupported;

    private bool IsAtRecords => _next < _frame.Records.Count && _frame.Records[_next].Position == _ownSent;

    /// <summary>Starts with the next frame; the last one is sent whole.</summary>
    public void Begin(FrameBuffer frame)
    {
        (_frame, _piece, _ownSent, _next, _nextSent, _keepsUp) = (frame, default, 0, 0, 0, true);
        if (frame.Records.Count > 0 && frame.TotalLength <= OnePieceSize)
            Gather((int)frame.TotalLength);
    }

    /// <summary>What the caller has to send next, and to report by <see cref="Sent"/>; false when everything has left.</summary>
    /// <exception cref="EndOfStreamException">A log file is shorter than promised; part of the frame has left.</exception>
    public bool TryNext(out ReadOnlyMemory<byte> bytes)
    {
        if (!_piece.IsEmpty)
        {
            bytes = _piece;
            return true;
        }

        while (IsAtRecords)
        {
            var records = _frame.Records[_next];
            if (_nextSent == records.Length)
            {
                (_next, _nextSent) = (_next + 1, 0);
                continue;
            }

            var slice = (LogSlice)records.Source;
            var size = SendFile(slice, records.Length - _nextSent);
            if (size == 0)
                continue;

            bytes = Copy(slice, Math.Min(size, records.Length - _nextSent));
            return true;
        }

        var end = _next < _frame.Records.Count ? _frame.Records[_next].Position : _frame.Length;
        bytes = _frame.Written[_ownSent..end];
        if (!bytes.IsEmpty)
            return true;

        Dispose();
        return false;
    }

    public void Sent(int count)
    {
        if (!_piece.IsEmpty)
        {
            _piece = _piece[count..];
        }
        else if (IsAtRecords)
        {
            _nextSent += count;
            metrics.SentByCopy(count);
        }
        else
        {
            _ownSent += count;
        }
    }

    /// <summary>Gives back the small buffer, which is held during a frame only.</summary>
    public void Dispose()
    {
        if (_copy.Length > 0)
            ArrayPool<byte>.Shared.Return(_copy);
        _copy = [];
    }

    /// <returns>0 when the kernel has sent something, or can; else how much to copy.</returns>
    private int SendFile(LogSlice slice, int count)
    {
        if (!_kernelCopies || slice.Handle is not { } file)
            return CopySize;

        var sent = NativeSocket.SendFile(transport.Plain!.SafeHandle, file, slice.Position + _nextSent, count, out var error);
        if (sent > 0)
        {
            _nextSent += (int)sent;
            metrics.SentByKernel(sent);
            return 0;
        }

        if (sent < 0 && error == 0)
            throw new EndOfStreamException($"A log file ended at {slice.Position + _nextSent}, {count} bytes too early.");

        if (sent == 0)
            return FreesItsBuffer() ? 0 : WaitSize;

        // Any other error repeats itself on the ordinary path, which names it, or was sendfile's own.
        _kernelCopies = false;
        return CopySize;
    }

    /// <summary>Asked of a client that did not keep up once, it is no for the rest of the frame.</summary>
    private bool FreesItsBuffer()
    {
        if (!_keepsUp || !Sleepers.Wait(0))
            return false;
        try
        {
            return _keepsUp = NativeSocket.IsWritableWithin(transport.Plain!.SafeHandle, KeepsUpMs);
        }
        finally
        {
            Sleepers.Release();
        }
    }

    private Memory<byte> Copy(LogSlice slice, int count)
    {
        var copy = CopyBuffer(count);
        slice.CopyTo(_nextSent, copy.Span);
        return copy;
    }

    private void Gather(int count)
    {
        _piece = CopyBuffer(count);
        var rest = _piece.Span;
        var written = _frame.Written.Span;
        for (; _next < _frame.Records.Count; _next++)
        {
            var records = _frame.Records[_next];
            var own = written[_ownSent..records.Position];
            own.CopyTo(rest);
            ((LogSlice)records.Source).CopyTo(0, rest.Slice(own.Length, records.Length));
            metrics.SentByCopy(records.Length);
            rest = rest[(own.Length + records.Length)..];
            _ownSent = records.Position;
        }

        written[_ownSent..].CopyTo(rest);
        _ownSent = written.Length;
    }

    private Memory<byte> CopyBuffer(int count)
    {
        if (_copy.Length < count)
        {
            Dispose();
            _copy = ArrayPool<byte>.Shared.Rent(count);
        }

        return _copy.AsMemory(0, count);
    }
}
