using System.Buffers;

namespace Broker.Storage.Disks;

internal static class DiskFileContent
{
    private const int PieceSize = 256 * 1024;

    extension(DiskFile file)
    {
        /// <exception cref="EndOfStreamException">The file ends first.</exception>
        public void ReadExactly(Span<byte> destination, long position)
        {
            while (!destination.IsEmpty)
            {
                var read = file.Read(destination, position);
                if (read == 0)
                    throw new EndOfStreamException($"The file ends at {position}, {destination.Length} bytes early.");
                destination = destination[read..];
                position += read;
            }
        }

        public byte[] ReadAll()
        {
            var content = new byte[file.Length];
            file.ReadExactly(content, 0);
            return content;
        }

        /// <summary>
        /// Writes what is there once more. An fsync that failed leaves pages behind that are read as they were written and count as written, so
        /// that the next fsync succeeds without them: it must not be believed before they were written to again.
        /// </summary>
        public void WriteAgain(long from, long to)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
            for (var position = from; position < to;)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - position));
                file.ReadExactly(piece, position);
                file.Write(piece, position);
                position += piece.Length;
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
