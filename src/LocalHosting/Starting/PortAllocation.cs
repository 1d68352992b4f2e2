using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Starting;

/// <summary>Gives every endpoint its port, once and for the life of the app host: addresses are handed out at the start and never again.</summary>
internal sealed class PortAllocation(DistributedApplicationModel model, IConfiguration configuration)
{
    /// <summary>
    /// Ports to choose from lie below those that operating systems give to outgoing connections. A client that keeps trying to reach a
    /// stopped server on such a port may otherwise be given that very port, and connect to itself.
    /// </summary>
    private const int FirstFreePort = 20_000;
    private const int LastFreePort = 31_999;

    /// <exception cref="InvalidOperationException">An endpoint is declared in a way that Aspire refuses.</exception>
    /// <exception cref="DistributedApplicationException">A declared port is busy, or declared twice.</exception>
    public void Allocate()
    {
        var endpoints = model.Resources
            .SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (Resource: resource, Endpoint: endpoint)))
            .Where(pair => pair.Endpoint.AllocatedPort is null)
            .ToList();
        foreach (var (resource, endpoint) in endpoints)
        {
            RefuseWrongDeclaration(resource, endpoint);
        }

        var randomize = configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
        var wanted = endpoints.ConvertAll(pair => (
            pair.Resource,
            pair.Endpoint,
            Port: randomize && pair.Endpoint.IsProxied ? null : pair.Endpoint.Port ?? pair.Endpoint.TargetPort));
        var listeners = Listeners.OfThisMachine();
        RefuseConflicts(wanted, listeners);

        var taken = wanted.Select(pair => pair.Port).OfType<int>().Concat(listeners).ToHashSet();
        foreach (var (_, endpoint, port) in wanted)
        {
            endpoint.AllocatedPort = port ?? Choose(taken);
        }
    }

    private static void RefuseWrongDeclaration(IResource resource, EndpointAnnotation endpoint)
    {
        var fault = endpoint switch
        {
            { IsProxied: true, Port: { } port, TargetPort: { } targetPort } when port == targetPort =>
                "has a proxy, which cannot listen on the same port as the process: give two ports, or only one",
            { IsProxied: false, Port: { } port, TargetPort: { } targetPort } when port != targetPort =>
                "has no proxy, so that its port and its target port must be the same",
            { IsProxied: false, Port: null, TargetPort: null } => "has no proxy, so that it needs a port",
            _ => null,
        };
        if (fault is not null)
        {
            throw new InvalidOperationException($"Endpoint '{endpoint.Name}' of resource '{resource.Name}' {fault}.");
        }
    }

    private static void RefuseConflicts(List<(IResource Resource, EndpointAnnotation Endpoint, int? Port)> wanted, HashSet<int> listeners)
    {
        var faults = new List<string>();
        foreach (var group in wanted.Where(pair => pair.Port is not null).GroupBy(pair => pair.Port!.Value))
        {
            var owners = string.Join(" and ", group.Select(pair => $"'{pair.Resource.Name}' ({pair.Endpoint.Name})"));
            if (group.Count() > 1)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"Port {group.Key} is wanted by {owners}."));
            }
            else if (listeners.Contains(group.Key))
            {
                var holder = Listeners.HolderOf(group.Key) is { } process ? $"held by {process}" : "in use";
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"Port {group.Key} of {owners} is {holder}."));
            }
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException($"{string.Join(Environment.NewLine, faults)}{Environment.NewLine}Nothing has been started.");
        }
    }

    private static int Choose(HashSet<int> taken)
    {
        int port;
        do
        {
            port = Random.Shared.Next(FirstFreePort, LastFreePort + 1);
        }
        while (!taken.Add(port));
        return port;
    }
}
