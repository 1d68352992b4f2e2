using Benchmarks;
using Benchmarks.Brokers;
using Benchmarks.Loads;
using Benchmarks.Sections;
using Benchmarks.Transport;

if (args is [BareSendfile.Argument, var file])
{
    BareSendfile.Serve(file);
    return 0;
}

if (args is [TestBrokerStart.Argument, var place, var client])
{
    await TestBrokerStart.MeasureAsync(place, client);
    return 0;
}

if (args is [TransportComparison.Argument, .. var rest])
    return await TransportComparison.RunAsync(new Arguments(rest));

var sections = new Dictionary<string, Func<Peers, Task>>
{
    ["produce"] = ProduceSection.PageCacheAsync,
    ["fsync"] = ProduceSection.FsyncAsync,
    ["writers"] = WritersSection.RunAsync,
    ["catch-up"] = CatchUpSection.RunAsync,
    ["latency"] = LatencySection.RunAsync,
    ["start"] = StartSection.RunAsync,
    ["bare-fetch"] = BareFetchSection.RunAsync,
    ["flat"] = FlatSection.RunAsync,
    [TestBrokerStart.Name] = peers => TestBrokerStart.RunAsync(peers.Options, peers.Report),
};
var arguments = new Arguments(args);
if (arguments.AsksForHelp)
{
    Console.WriteLine($"""
        Compares our broker with Apache Kafka on this machine, in turn, with the same clients. Linux only.
          KAFKA_HOME=/path/to/kafka dotnet run -c Release --project tests/Benchmarks -- [NAME ...] [--rounds N] [--megabytes N] [--seconds N] [--native FILE] [--out FILE]
        NAME: {string.Join(' ', sections.Keys)} (default: all); {TestBrokerStart.Name} alone needs no Apache Kafka
        --native: our broker as published ahead of time, instead of the one in this build
        A section that loses, doubles or reorders a record has no figure, and the exit code is 1.
        MassTransit over this repository's transport, RabbitMQ and in memory: {TransportComparison.Argument} --help
        """);
    return 0;
}

arguments.Check(sections.Keys);
MassTransit.LogTransport.NativeClient.Load();
var options = new Options(Rounds: arguments.Number("--rounds", 5), Megabytes: arguments.Number("--megabytes", 1000), Seconds: arguments.Number("--seconds", 20));
var report = new Report();
report.Machine();
if (arguments.Names is [TestBrokerStart.Name])
{
    await TestBrokerStart.RunAsync(options, report);
    await arguments.WriteAsync(report);
    return 0;
}

var home = Environment.GetEnvironmentVariable("KAFKA_HOME") ?? throw new InvalidOperationException("Set KAFKA_HOME to an Apache Kafka distribution.");
await using var ours = new OurBroker(arguments.Text("--native"));
await using var kafka = new ApacheKafka(home);
await ours.StartAsync();
await kafka.StartAsync();
await arguments.RunAsync(sections, new Peers(ours, kafka, options, report), report);
return report.IsVoid ? 1 : 0;
