using Scenarios.Driving;

namespace Compliance.Transports;

/// <summary>Over one node of Apache Kafka.</summary>
public sealed class LogOnApacheKafka : LogTransportUnderTest
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["transaction.state.log.replication.factor"] = "1",
        ["transaction.state.log.min.isr"] = "1",
        ["transaction.state.log.num.partitions"] = "4",
    };

    private readonly Lazy<Task<ApacheKafkaNode>> _node = new(() => ApacheKafkaNode.StartAsync(Settings));
    private string? _bootstrapServers;

    public override string Name => "our transport, Apache Kafka";
    public override bool IsLong => true;
    protected override string BootstrapServers => _bootstrapServers ?? throw new InvalidOperationException("Apache Kafka was not prepared.");

    public override async Task Prepare(string place) => _bootstrapServers = (await _node.Value).BootstrapServers;

    public override async ValueTask DisposeAsync()
    {
        if (_bootstrapServers is not null)
            await (await _node.Value).DisposeAsync();
    }
}
