namespace Broker.Storage;

internal static class LogFileExtensions
{
    /// <exception cref="EndOfStreamException">The file ends first.</exception>
    public static void ReadExactly(this ILogFile file, Span<byte> destination, long position)
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

    public static byte[] ReadAll(this ILogFile file)
    {
        var content = new byte[file.Length];
        file.ReadExactly(content, 0);
        return content;
    }

    /// <summary>Makes <paramref name="content"/> all there is in the file, on disk when it returns.</summary>
    public static void Replace(this ILogFile file, ReadOnlySpan<byte> content)
    {
        file.Write(content, 0);
        file.SetLength(content.Length);
        file.Flush();
    }
}
