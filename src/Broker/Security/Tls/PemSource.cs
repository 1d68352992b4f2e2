namespace Broker.Security.Tls;

/// <summary>PEM text from a file, which is read each time, or from the settings themselves.</summary>
internal sealed record PemSource(string Setting, string? Path, string? Text)
{
    /// <summary>What messages call it. Never its content, which may be a private key.</summary>
    public string Name => Path is null ? Setting : $"{Setting} {Path}";

    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Read()
    {
        if (Path is null)
            return Text!;

        try
        {
            return File.ReadAllText(Path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
