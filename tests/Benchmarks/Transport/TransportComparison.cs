using Benchmarks.Transport.Sections;
using Benchmarks.Transport.Sides;
using MassTransit.LogTransport;

namespace Benchmarks.Transport;

/// <summary>MassTransit over this repository's transport and broker, over RabbitMQ, and in memory.</summary>
internal static class TransportComparison
{
    public const string Argument = "transport";

    private static readonly Dictionary<string, Func<TransportPeers, Task>> Sections = new()
    {
        ["backlog"] = BacklogSection.RunAsync,
        ["end-to-end"] = EndToEndSection.RunAsync,
        ["paced"] = LatencySections.PacedAsync,
        ["round-trip"] = LatencySections.RoundTripAsync,
        ["request"] = RequestSection.RunAsync,
        ["burst"] = BurstSection.RunAsync,
        ["transactions"] = TransactionSection.RunAsync,
    };

    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (arguments.AsksForHelp)
        {
            Console.WriteLine($"""
                Compares MassTransit over this repository's transport and broker (fsync before each answer), over RabbitMQ (a classic durable
                queue, publisher confirms) and in memory, in turn, with the same messages of 1 KB. Linux only; needs Debian's rabbitmq-server.
                  dotnet run -c Release --project tests/Benchmarks -- {Argument} [NAME ...] [--rounds N] [--messages N] [--seconds N] [--native FILE] [--out FILE]
                NAME: {string.Join(' ', Sections.Keys)} (default: all)
                --messages: of each throughput round; round trips and requests are a tenth of it. --seconds: of each paced round
                --native: our broker as published ahead of time, instead of the one in this build
                A section that loses or doubles a message has no figure, and the exit code is 1.
                """);
            return 0;
        }

        arguments.Check(Sections.Keys);
        NativeClient.Load();
        var report = new Report();
        report.Machine();
        var options = new TransportOptions(arguments.Number("--rounds", 5), arguments.Number("--messages", 20_000), arguments.Number("--seconds", 10));
        await using var ours = new OverOurBroker(arguments.Text("--native"));
        await using var rabbit = new OverRabbitMq();
        await using var memory = new InMemory();
        var peers = new TransportPeers(ours, rabbit, memory, options, report);
        await peers.StartAsync();
        await arguments.RunAsync(Sections, peers, report);
        return report.IsVoid ? 1 : 0;
    }
}
