using MassTransit.LogTransport;

namespace Compliance.Transports;

/// <summary>Over this repository's broker, in this process.</summary>
public sealed class LogOnOurBroker : LogTransportUnderTest
{
    private readonly TestBroker _broker = new();
    private readonly Lazy<Task> _started;

    public LogOnOurBroker() => _started = new(Start);

    public override string Name => "our transport, our broker";
    public override bool IsLong => false;
    protected override string BootstrapServers => _broker.BootstrapServers;

    public override Task Prepare(string place) => _started.Value;

    public override ValueTask DisposeAsync() => _broker.DisposeAsync();

    private Task Start()
    {
        NativeClient.Load();
        return _broker.Start();
    }
}
