namespace Broker.Storage.Disks;

internal static class DiskFileContent
{
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
    }
}
