using System.Globalization;
using Benchmarks;
using Benchmarks.Brokers;
using Benchmarks.Loads;
using Benchmarks.Sections;

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
if (args.Contains("--help"))
{
    Console.WriteLine($"""
        Compares our broker with Apache Kafka on this machine, in turn, with the same clients. Linux only.
          KAFKA_HOME=/path/to/kafka dotnet run -c Release --project tests/Benchmarks -- [NAME ...] [--rounds N] [--megabytes N] [--seconds N] [--native FILE] [--out FILE]
        NAME: {string.Join(' ', sections.Keys)} (default: all); {TestBrokerStart.Name} alone needs no Apache Kafka
        --native: our broker as published ahead of time, instead of the one in this build
        A section that loses, doubles or reorders a record has no figure, and the exit code is 1.
        """);
    return 0;
}

MassTransit.LogTransport.NativeClient.Load();
var options = new Options(Rounds: Number("--rounds", 5), Megabytes: Number("--megabytes", 1000), Seconds: Number("--seconds", 20));
string[] names = [.. args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
foreach (var name in names.Where(n => !sections.ContainsKey(n)))
    throw new InvalidOperationException($"No section is called {name}; there are {string.Join(", ", sections.Keys)}.");
var report = new Report();
report.Line($"{Environment.ProcessorCount} processors ({Processor()}), {Environment.OSVersion}, .NET {Environment.Version}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
if (names is [TestBrokerStart.Name])
{
    await TestBrokerStart.RunAsync(options, report);
    await WriteAsync();
    return 0;
}

var home = Environment.GetEnvironmentVariable("KAFKA_HOME") ?? throw new InvalidOperationException("Set KAFKA_HOME to an Apache Kafka distribution.");
await using var ours = new OurBroker(Text("--native"));
await using var kafka = new ApacheKafka(home);
await ours.StartAsync();
await kafka.StartAsync();
foreach (var (name, run) in sections.Where(s => names.Length == 0 || names.Contains(s.Key)))
{
    try
    {
        await run(new Peers(ours, kafka, options, report));
    }
    catch (VoidRunException e)
    {
        report.Void(name, e.Message);
    }

    await WriteAsync();
}

return report.IsVoid ? 1 : 0;

int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

async Task WriteAsync()
{
    if (Text("--out") is { } page)
        await File.WriteAllTextAsync(page, report.ToString());
}

string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var i ? args[i + 1] : null;

static string Processor() =>
    File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
