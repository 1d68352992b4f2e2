namespace MassTransit.LogTransport.Tests.Support;

/// <summary>A broker in this process whose answers a test decides, and that is stopped as by <c>kill -9</c>.</summary>
public sealed class ControlledBroker : ITestBroker, IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("transport");
    private Broker.Testing.TestBroker _broker = null!;

    public string BootstrapServers => _broker.BootstrapServers;
    public Broker.Testing.RequestControl Control => _broker.Control;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.Testing.TestBroker.StartAsync(_directory.FullName, options =>
        {
            options.GroupInitialRebalanceDelayMs = 0;
            options.OffsetsTopicNumPartitions = 2;
            options.AutoCreateTopicsEnable = false;
        }, ct: TestContext.Current.CancellationToken);
    }

    public Task Start() => _broker.IsRunning ? Task.CompletedTask : _broker.RestartAsync(TestContext.Current.CancellationToken);

    public Task Stop() => _broker.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
