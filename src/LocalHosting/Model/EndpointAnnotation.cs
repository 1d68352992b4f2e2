using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A network endpoint of a resource, as declared.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <summary>Declares an endpoint. Without a name it is named by its scheme, without a scheme it is <c>tcp</c>.</summary>
    /// <param name="protocol">TCP.</param>
    /// <param name="uriScheme">Scheme of its address.</param>
    /// <param name="transport">Not used.</param>
    /// <param name="name">A valid endpoint name.</param>
    /// <param name="port">1 to 65535; null lets the app host choose.</param>
    /// <param name="targetPort">1 to 65535; null means the same as <paramref name="port"/>.</param>
    /// <param name="isExternal">Not used.</param>
    /// <param name="isProxied">Whether Aspire would put a proxy in front of it.</param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? "tcp";
        Name = ModelName.Validate("Endpoint", name ?? UriScheme);
        Port = port;
        TargetPort = targetPort;
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : "tcp");
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>Unique within the resource, letter case ignored.</summary>
    public string Name { get; set; }

    /// <summary>TCP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>The port that clients use; null lets the app host choose one when the application starts.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process listens on; null means the one that clients use.</summary>
    public int? TargetPort { get; set; }

    /// <summary>Scheme of the endpoint's address, for instance <c>http</c>.</summary>
    public string UriScheme { get; set; }

    /// <summary>The host that the process listens on; default <c>localhost</c>.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>Not used by a local run.</summary>
    public string Transport { get; set; }

    /// <summary>Not used by a local run.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether Aspire would put a proxy in front of the process; default true. No proxy runs here, but the rules on ports are Aspire's.</summary>
    public bool IsProxied { get; set; } = true;

    internal string? TargetPortEnvironmentVariable { get; set; }

    /// <summary>The port of this run: chosen once and kept over restarts, since addresses are handed out once.</summary>
    internal int? AllocatedPort { get; set; }
}
