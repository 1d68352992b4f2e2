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
            && port <= IPEndPoint.MaxPort
            && address[..colon].Trim('[', ']') is var host
            && (host is "*" or "+" || Uri.CheckHostName(host) != UriHostNameType.Unknown))
            return new HttpAddress(host, port);

        throw new InvalidSettingException("http.listen", $"http.listen cannot be \"{text}\"; it takes http://host:port, or nothing for no HTTP port.");
    }

    /// <summary>Null for every address of this machine.</summary>
    /// <exception cref="IOException">The host has no address; the message names the setting.</exception>
    public IPAddress? Resolve()
    {
        if (Host is "*" or "+")
            return null;
        if (Host == "localhost")
            return IPAddress.Loopback;
        if (IPAddress.TryParse(Host, out var ip))
            return ip;

        try
        {
            var found = Dns.GetHostAddresses(Host);
            return Array.Find(found, a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (SocketException e)
        {
            throw Refused(e);
        }
    }

    public IOException Refused(Exception e) => new($"http.listen {this} cannot be opened: {e.Message}", e);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
