using System.Net;
using Broker.Host.Rest;

namespace Broker.Host.Http;

/// <summary>
/// What web pages of other sites make a browser on this machine send. A page may post to any address without asking, as long as the
/// body calls itself text, and may have its own name resolved to a loopback address and then read what it likes. Browsers say
/// where a request comes from (Origin) and what it asked for (Host); other clients send no Origin.
/// </summary>
/// <param name="listen">What <c>http.listen</c> says; its host is a name to be asked for by.</param>
/// <param name="isLoopback">Only this machine reaches the port, so that it can only be meant by a name of this machine.</param>
internal sealed class CrossSiteRequests(string listen, bool isLoopback)
{
    /// <summary>Null for a request that is none.</summary>
    public RestProblemException? Refuse(HttpRequest request)
    {
        if (isLoopback && request.Host.HasValue && !IsLocal(request.Host.Host))
        {
            return new RestProblemException(
                StatusCodes.Status421MisdirectedRequest,
                $"\"{request.Host.Host}\" is no name of this port, which is bound to loopback: ask for localhost.",
                "header Host");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
            && request.Headers.Origin is { Count: > 0 } origin && !IsOwn(origin.ToString(), request.Host))
        {
            return new RestProblemException(
                StatusCodes.Status403Forbidden, $"A page of {origin} may not change anything here.", "header Origin");
        }

        return null;
    }

    private bool IsLocal(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals(listen, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var ip) && IPAddress.IsLoopback(ip));
    }

    /// <summary>The scheme does not count: a proxy in front may speak TLS.</summary>
    private static bool IsOwn(string origin, HostString host) =>
        origin.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0
        && origin[(scheme + 3)..].Equals(host.Value, StringComparison.OrdinalIgnoreCase);
}
