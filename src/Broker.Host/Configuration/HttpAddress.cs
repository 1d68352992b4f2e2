using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Broker.Host.Configuration;

/// <summary>Where the HTTP port is: <c>http://host:port</c> or <c>host:port</c>; port 0 is a free one, host * every address.</summary>
internal sealed record HttpAddress(string Host, int Port)
{
    public const string Default = "http://127.0.0.1:8082";

    private const string Scheme = "http://";

    /// <summary>Null for an empty text: no HTTP port.</summary>
    /// <exception cref="InvalidSettingException" />
    public static HttpAddress? Parse(string text)
    {
        if (text.Length == 0)
            return null;

        var address = (text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text).TrimEnd('/');
        var colon = address.LastIndexOf(':');
        if (colon > 0
            && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= IPEndPoint.MaxPort)
            return new HttpAddress(address[..colon].Trim('[', ']'), port);

        throw new InvalidSettingException("http.listen", $"http.listen cannot be \"{text}\"; it takes http://host:port, or nothing for no HTTP port.");
    }

    /// <summary>Only this machine reaches it.</summary>
    /// <exception cref="SocketException">The host has no address.</exception>
    public bool IsLoopback => IPAddress.IsLoopback(Resolve().Address);

    /// <exception cref="SocketException">The host has no address.</exception>
    public IPEndPoint Resolve() => new(
        Host is "*" or "+" ? IPAddress.IPv6Any
        : Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var ip) ? ip
        : Dns.GetHostAddresses(Host)[0],
        Port);
}
