using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Starting;

/// <summary>Who waits for whom.</summary>
internal static class WaitGraph
{
    public static IEnumerable<IResource> DependenciesOf(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource).Distinct();

    /// <exception cref="DistributedApplicationException">Some resources would wait for each other for ever.</exception>
    public static void RefuseCircles(IEnumerable<IResource> resources)
    {
        var finished = new HashSet<IResource>();
        foreach (var resource in resources)
        {
            Visit(resource, [], finished);
        }
    }

    private static void Visit(IResource resource, List<IResource> path, HashSet<IResource> finished)
    {
        if (path.IndexOf(resource) is >= 0 and var start)
        {
            var circle = path.Skip(start).Append(resource).Select(member => $"'{member.Name}'");
            throw new DistributedApplicationException($"These resources wait for each other: {string.Join(" waits for ", circle)}.");
        }

        if (!finished.Add(resource))
        {
            return;
        }

        path.Add(resource);
        foreach (var dependency in DependenciesOf(resource))
        {
            Visit(dependency, path, finished);
        }

        path.RemoveAt(path.Count - 1);
    }
}
