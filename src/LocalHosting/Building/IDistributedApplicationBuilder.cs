using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Collects the resources of an application. For one thread.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Configuration of the app host itself: its settings files, environment and command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Folder of the app host's project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The app host's assembly.</summary>
    Assembly? AppHostAssembly { get; }

    /// <summary>Environment of the app host itself; resources do not inherit it.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>Services of the app host itself.</summary>
    IServiceCollection Services { get; }

    /// <summary>What has been added so far.</summary>
    IResourceCollection Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <exception cref="DistributedApplicationException">The name is taken, letter case ignored.</exception>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    /// <summary>A builder for a resource that was added before.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource;

    /// <summary>Checks the whole and makes the application, which is not yet started. Can be called once.</summary>
    /// <exception cref="DistributedApplicationException">Resources wait for each other in a circle.</exception>
    DistributedApplication Build();
}
