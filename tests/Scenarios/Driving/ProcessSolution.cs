using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using MassTransit.LogTransport;

namespace Scenarios.Driving;

/// <summary>The app host's own topology: every part a process of its own, on free ports, with data in a folder of its own.</summary>
public sealed class ProcessSolution : ISolution, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("scenario-").FullName;
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    public string BootstrapServers { get; private set; } = "";

    public Uri Orders => _app!.GetEndpoint("order-service");

    public Uri Inventory => _app!.GetEndpoint("inventory-service");

    public Uri Notifications => _app!.GetEndpoint("notification-service");

    public Uri Gateway => _app!.GetEndpoint("payment-gateway");

    public async ValueTask InitializeAsync()
    {
        NativeClient.Load();
        _builder = DistributedApplicationTestingBuilder.Create("--ports", "random", "--data", _data);
        AppHost.Program.AddReferenceSolution(_builder);
        _app = await _builder.BuildAsync();
        using var deadline = new CancellationTokenSource(Patience);
        await _app.StartAsync(deadline.Token);
        foreach (var resource in new[] { "broker", "payment-gateway", "order-service", "inventory-service", "notification-service" })
        {
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, deadline.Token);
        }

        BootstrapServers = (await _app.GetConnectionStringAsync("bus"))!;
    }

    /// <summary>Ends the broker without warning, as kill -9 does, and starts it again on the same data and port.</summary>
    public async Task KillAndRestartBrokerAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        Assert.True(_app!.ResourceNotifications.TryGetCurrentState("broker", out var running));
        var pid = (int)running.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value!;
        using (var broker = Process.GetProcessById(pid))
        {
            broker.Kill();
        }

        await _app.ResourceNotifications.WaitForResourceAsync("broker", KnownResourceStates.TerminalStates, deadline.Token);
        var started = await _app.ResourceCommands.ExecuteCommandAsync("broker", KnownResourceCommands.StartCommand, deadline.Token);
        Assert.True(started.Success, started.ErrorMessage);
        // The command may answer before the state says anything but that the broker has ended, which no health check waits out.
        await _app.ResourceNotifications.WaitForResourceAsync("broker", KnownResourceStates.Running, deadline.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("broker", deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_builder is not null)
        {
            await _builder.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }
}
