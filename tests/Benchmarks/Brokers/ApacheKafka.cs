using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Brokers;

/// <summary>One node in KRaft mode, from the distribution that KAFKA_HOME names, with its own defaults but for the heap.</summary>
internal sealed class ApacheKafka(string home) : BrokerUnderTest("kafka")
{
    private string Properties => Path.Combine(Data, "server.properties");

    public override Dictionary<string, string> Durability(bool fsync) => fsync ? new() { ["flush.messages"] = "1" } : [];

    protected override async Task PrepareAsync()
    {
        if (File.Exists(Properties))
            return;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var controller = ((IPEndPoint)listener.LocalEndpoint).Port;
        await File.WriteAllTextAsync(Properties, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:{Port},CONTROLLER://127.0.0.1:{controller}
            advertised.listeners=PLAINTEXT://127.0.0.1:{Port}
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
            log.dirs={Path.Combine(Data, "log")}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=4
            group.initial.rebalance.delay.ms=0
            """);
        using var format = Process.Start(With("kafka-storage.sh", "format", "-t", "reference-benchmark-01", "-c", Properties))!;
        await format.StandardOutput.ReadToEndAsync();
        await format.WaitForExitAsync();
    }

    protected override ProcessStartInfo Command() => With("kafka-server-start.sh", Properties);

    private ProcessStartInfo With(string script, params string[] arguments) => new(Path.Combine(home, "bin", script), arguments)
    {
        RedirectStandardOutput = true,
        Environment = { ["KAFKA_HEAP_OPTS"] = "-Xmx1g -Xms1g", ["LOG_DIR"] = Data },
    };
}
