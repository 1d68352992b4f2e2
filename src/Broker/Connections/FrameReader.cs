using System.Buffers;
using System.Buffers.Binary;
using Broker.Protocol;

namespace Broker.Connections;

/// <summary>
/// Cuts what a client sends into frames. One caller, who receives: into <see cref="Room"/>, once <see cref="MakeRoomAsync"/> has
/// completed. A frame handed out is valid until room is made again: it lies in this reader's buffer, which holds nothing while the
/// connection is silent and grows with the bytes that came, never with a length that was merely announced. After an exception the
/// reader must not be used again.
/// </summary>
internal sealed class FrameReader(RequestBudget budget, TimeProvider time) : IDisposable
{
    /// <summary>For a client that has sent little: a thousand that never finish their first request hold no more than this each.</summary>
    private const int LeastSize = 4 * 1024;
    private const int UsualSize = 64 * 1024;
    private const int KeySize = 2;

    private readonly RequestReservation _reservation = new();
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _wanted = Frame.LengthSize;
    private int _usual = LeastSize;
    private int _sinceProgress;
    private long _progressAt;

    /// <summary>Nothing has come of the next frame: the buffer can be done without until something does.</summary>
    public bool IsEmpty => Buffered == 0;

    /// <summary>Where the next bytes belong.</summary>
    public Memory<byte> Room => _buffer.AsMemory(_end);

    /// <summary>
    /// For how long a frame that counts against the budget has got no further, which is by <see cref="UsualSize"/>. None while the
    /// broker itself keeps it waiting. To be asked by any thread.
    /// </summary>
    public TimeSpan Stall => Volatile.Read(ref _progressAt) is var at and > 0 ? time.GetElapsedTime(at) : TimeSpan.Zero;

    private int Buffered => _end - _start;

    private bool IsProduce => BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_start + Frame.LengthSize)) == (short)ApiKey.Produce;

    /// <summary>The bytes after the length prefix of the next frame, if all of them have come.</summary>
    /// <exception cref="MalformedFrameException">The announced length is out of bounds.</exception>
    public bool TryTake(FrameBounds bounds, out Memory<byte> frame)
    {
        frame = default;
        _wanted = Frame.LengthSize;
        if (Buffered < Frame.LengthSize)
            return false;

        var length = Frame.ReadLength(_buffer.AsSpan(_start));
        if (length < bounds.Min || length > bounds.Max)
            throw new MalformedFrameException(ForeignProtocol.Describe(_buffer.AsSpan(_start, Buffered), length, bounds));

        if (length > bounds.MaxOfOthers && Buffered >= Frame.LengthSize + KeySize && !IsProduce)
            throw new MalformedFrameException($"A request of {length} bytes; only produce requests may have more than {bounds.MaxOfOthers}.");

        _wanted += length;
        if (Buffered < _wanted)
            return false;

        frame = _buffer.AsMemory(_start + Frame.LengthSize, length);
        _start += _wanted;
        Volatile.Write(ref _progressAt, 0);
        return true;
    }

    /// <summary>Gives back everything, while the connection is silent or at its end.</summary>
    public void Release()
    {
        Volatile.Write(ref _progressAt, 0);
        budget.Release(_reservation);
        Return();
    }

    public void Dispose() => Release();

    /// <summary>
    /// Leaves room behind the received bytes: at most three times as much as came, and never past the wanted frame. Beyond the usual it
    /// waits for the budget.
    /// </summary>
    public ValueTask MakeRoomAsync(CancellationToken cancellationToken)
    {
        if (_start > 0 && _start + _wanted > _buffer.Length)
        {
            _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
            (_start, _end) = (0, Buffered);
        }

        if (_end < _buffer.Length)
        {
            // Room left over from a frame before counts as room made for this one.
            if (_reservation.Bytes > 0 && _progressAt == 0)
                Progress();
            return ValueTask.CompletedTask;
        }

        var size = Math.Max(_usual, (int)Math.Min(_wanted, 4L * Buffered));
        if (size <= UsualSize)
        {
            Grow(size);
            return ValueTask.CompletedTask;
        }

        Volatile.Write(ref _progressAt, 0);
        var reserving = budget.ReserveAsync(_reservation, size - _reservation.Bytes, cancellationToken);
        if (!reserving.IsCompletedSuccessfully)
            return GrowAsync(reserving, size);

        GrowLarge(size);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes note of what was received into <see cref="Room"/>.</summary>
    /// <returns>False when the client has closed between two frames.</returns>
    /// <exception cref="MalformedFrameException">The client closed inside a frame.</exception>
    public bool Received(int count)
    {
        if (count == 0)
            return IsEmpty ? false : throw new MalformedFrameException($"The client closed {Buffered} bytes into a frame.");

        _end += count;
        if (_end == _buffer.Length)
            _usual = UsualSize;
        _sinceProgress += count;
        if (_progressAt != 0 && _sinceProgress >= UsualSize)
            Progress();
        return true;
    }

    private async ValueTask GrowAsync(ValueTask reserving, int size)
    {
        await reserving.ConfigureAwait(false);
        GrowLarge(size);
    }

    private void GrowLarge(int size)
    {
        Grow(size);
        Progress();
    }

    private void Grow(int size)
    {
        var grown = ArrayPool<byte>.Shared.Rent(size);
        var buffered = Buffered;
        _buffer.AsSpan(_start, buffered).CopyTo(grown);
        Return();
        (_buffer, _end) = (grown, buffered);
    }

    private void Progress()
    {
        _sinceProgress = 0;
        Volatile.Write(ref _progressAt, time.GetTimestamp());
    }

    private void Return()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = ([], 0, 0);
    }
}
