using System.Net.Http.Json;
using Aspire.Hosting.Starting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LocalHosting.Tests;

/// <summary>An application under test, with its logs in a folder of its own. Disposing it ends its processes.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("local-hosting-");
    private DistributedApplication? _app;

    public TestApplication(bool dashboard = false, params string[] args)
    {
        string[] all = ["--LocalHosting:LogDirectory", _logs.FullName, .. args];
        Builder = dashboard
            ? DistributedApplication.CreateBuilder(["--DcpPublisher:RandomizePorts", "true", .. all])
            : DistributedApplicationTestingBuilder.Create(all);
    }

    public IDistributedApplicationBuilder Builder { get; }

    public DistributedApplication App => _app ??= Builder.Build();

    public ResourceNotificationService Notifications => App.ResourceNotifications;

    public static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public IResourceBuilder<ProjectResource> AddChild(string name, params string[] args) =>
        Builder.AddProject<Projects.LocalHosting_Child>(name).WithArgs(args).WithHttpHealthCheck("/ready");

    public Task StartAsync() => App.StartAsync(Deadline);

    /// <summary>Gives out ports without starting anything.</summary>
    public void Allocate() => App.Services.GetRequiredService<PortAllocation>().Allocate();

    public Task<Dictionary<string, string>> VariablesAsync(string resource)
    {
        Allocate();
        return ProcessEnvironment.VariablesAsync(Builder.Resources.Single(r => r.Name == resource), Deadline);
    }

    public async Task<T> GetAsync<T>(string resource, string path)
    {
        using var client = App.CreateHttpClient(resource);
        return (await client.GetFromJsonAsync<T>(path, Deadline))!;
    }

    public async Task PostAsync(string resource, string path)
    {
        using var client = App.CreateHttpClient(resource);
        using var answer = await client.PostAsync(path, content: null, Deadline);
        answer.EnsureSuccessStatusCode();
    }

    public Task<string> ReachesAsync(string resource, params string[] states) => Notifications.WaitForResourceAsync(resource, states, Deadline);

    public Task<ResourceEvent> BecomesHealthyAsync(string resource) => Notifications.WaitForResourceHealthyAsync(resource, Deadline);

    public CustomResourceSnapshot Now(string resource) => Notifications.TryGetCurrentState(resource, out var state)
        ? state.Snapshot
        : throw new InvalidOperationException($"There is no resource '{resource}'.");

    public int PidOf(string resource) => (int)Now(resource).Properties.Single(property => property.Name == "executable.pid").Value!;

    public async Task<IReadOnlyList<LogLine>> LogAsync(string resource) =>
        await App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource).SingleAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _logs.Delete(recursive: true);
    }
}
