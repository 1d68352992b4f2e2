using System.Buffers;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Storage;

namespace Broker.Connections;

/// <summary>
/// Sends whole frames, one caller at a time. Records that lie in log files go from file to socket by sendfile where the system
/// has it and nothing encrypts, else through a small buffer. After an exception part of a frame may have left: the connection must be closed.
/// </summary>
internal sealed class FrameSender(ITransport transport, BrokerMetrics metrics)
{
    private const int CopySize = 64 * 1024;

    /// <summary>
    /// A full socket buffer is waited out by sending this much the ordinary way: nothing in .NET awaits writability alone, and
    /// a send of no bytes does not wait. The kernel wakes a sender only when a good part of the buffer is free again.
    /// </summary>
    private const int WaitSize = 4 * 1024;

    private bool _kernelCopies = transport.Plain is not null && NativeSocket.SendFileSupported;

    public async ValueTask SendAsync(FrameBuffer frame)
    {
        var sent = 0;
        foreach (var records in frame.Records)
        {
            await SendAsync(frame.Written[sent..records.Position]).ConfigureAwait(false);
            sent = records.Position;
            await SendAsync((LogSlice)records.Source, records.Length).ConfigureAwait(false);
        }

        await SendAsync(frame.Written[sent..]).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(LogSlice slice, int length)
    {
        var position = slice.Position;
        var end = position + length;
        while (position < end)
        {
            var size = CopySize;
            if (_kernelCopies && slice.Handle is { } file)
            {
                var sent = NativeSocket.SendFile(transport.Plain!.SafeHandle, file, position, end - position, out var error);
                if (sent > 0)
                {
                    position += sent;
                    metrics.SentByKernel(sent);
                    continue;
                }

                if (sent < 0 && error == 0)
                    throw new EndOfStreamException($"A log file ended at {position} of {end} promised bytes.");

                // Any other error repeats itself on the ordinary path, which names it, or was sendfile's own.
                _kernelCopies = sent == 0;
                size = sent == 0 ? WaitSize : CopySize;
            }

            position += await CopyAsync(slice, position, (int)Math.Min(size, end - position)).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> CopyAsync(LogSlice slice, long position, int count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            slice.CopyTo((int)(position - slice.Position), buffer.AsSpan(0, count));
            await SendAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            metrics.SentByCopy(count);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? default : transport.SendAsync(bytes);
}
