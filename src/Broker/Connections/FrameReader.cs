using System.Buffers;
using System.Buffers.Binary;
using Broker.Protocol;

namespace Broker.Connections;

/// <summary>
/// Cuts what a client sends into frames. One caller. A frame handed out is valid until the next call: it lies in this
/// reader's buffer, which holds nothing while the connection is silent and grows with the bytes that came, never with a length
/// that was merely announced. After an exception the reader must not be used again.
/// </summary>
internal sealed class FrameReader(ITransport transport, MemoryBudget memory) : IDisposable
{
    /// <summary>For a client that has sent little: a thousand that never finish their first request hold no more than this each.</summary>
    private const int LeastSize = 4 * 1024;
    private const int UsualSize = 64 * 1024;
    private const int KeySize = 2;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _usual = LeastSize;

    /// <summary>Bytes counted against the budget for the request that is being received or handled.</summary>
    public long Reserved { get; private set; }

    private int Buffered => _end - _start;

    private bool IsProduce => BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_start + Frame.LengthSize)) == (short)ApiKey.Produce;

    /// <returns>The bytes after the length prefix, or null when the client has closed between two frames.</returns>
    /// <exception cref="MalformedFrameException">The announced length is out of bounds, or the client closed inside a frame.</exception>
    public async ValueTask<Memory<byte>?> ReadAsync(FrameBounds bounds, CancellationToken cancellationToken)
    {
        while (true)
        {
            var wanted = Frame.LengthSize;
            if (Buffered >= Frame.LengthSize)
            {
                var length = Frame.ReadLength(_buffer.AsSpan(_start));
                if (length < bounds.Min || length > bounds.Max)
                    throw new MalformedFrameException(ForeignProtocol.Describe(_buffer.AsSpan(_start, Buffered), length, bounds));

                if (length > bounds.MaxOfOthers && Buffered >= Frame.LengthSize + KeySize && !IsProduce)
                    throw new MalformedFrameException($"A request of {length} bytes; only produce requests may have more than {bounds.MaxOfOthers}.");

                wanted += length;
                if (Buffered >= wanted)
                {
                    var frame = _buffer.AsMemory(_start + Frame.LengthSize, length);
                    _start += wanted;
                    return frame;
                }
            }

            if (wanted > UsualSize && Reserved < wanted && _end == _buffer.Length)
                await ReserveAsync(wanted, cancellationToken).ConfigureAwait(false);
            if (!await ReceiveAsync(wanted, cancellationToken).ConfigureAwait(false))
                return Buffered == 0 ? null : throw new MalformedFrameException($"The client closed {Buffered} bytes into a frame.");
        }
    }

    public void Dispose() => Release();

    /// <summary>For the whole request before the first byte beyond the usual: in parts, two could wait for each other.</summary>
    private async ValueTask ReserveAsync(int wanted, CancellationToken cancellationToken)
    {
        memory.Release(Reserved);
        Reserved = 0;
        await memory.ReserveAsync(wanted, cancellationToken).ConfigureAwait(false);
        Reserved = wanted;
    }

    private async ValueTask<bool> ReceiveAsync(int wanted, CancellationToken cancellationToken)
    {
        if (Buffered == 0)
        {
            Release();
            await transport.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }

        MakeRoom(wanted);
        var received = await transport.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += received;
        if (_end == _buffer.Length)
            _usual = UsualSize;
        return received > 0;
    }

    /// <summary>Leaves room behind the received bytes: at most three times as much as came, and never past the wanted frame.</summary>
    private void MakeRoom(int wanted)
    {
        if (_start > 0 && _start + wanted > _buffer.Length)
        {
            _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
            (_start, _end) = (0, Buffered);
        }

        if (_end < _buffer.Length)
            return;

        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(_usual, (int)Math.Min(wanted, 4L * Buffered)));
        var buffered = Buffered;
        _buffer.AsSpan(_start, buffered).CopyTo(grown);
        Return();
        (_buffer, _end) = (grown, buffered);
    }

    private void Release()
    {
        memory.Release(Reserved);
        Reserved = 0;
        Return();
    }

    private void Return()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = ([], 0, 0);
    }
}
