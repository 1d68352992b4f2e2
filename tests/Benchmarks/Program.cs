using System.Globalization;
using Benchmarks;
using Benchmarks.Loads;

if (args is [BareSendfile.Argument, var file])
{
    BareSendfile.Serve(file);
    return 0;
}

if (args.Contains("--help"))
{
    Console.WriteLine("""
        Compares our broker with Apache Kafka on this machine, in turn, with the same clients. Linux only.
          KAFKA_HOME=/path/to/kafka dotnet run -c Release --project tests/Benchmarks -- [NAME ...] [--rounds N] [--megabytes N] [--seconds N] [--out FILE]
        NAME: start produce fsync catch-up latency bare-fetch flat (default: all)
        A run that loses or doubles a record ends without a figure.
        """);
    return 0;
}

MassTransit.LogTransport.NativeClient.Load();
var home = Environment.GetEnvironmentVariable("KAFKA_HOME") ?? throw new InvalidOperationException("Set KAFKA_HOME to an Apache Kafka distribution.");
var options = new Options(
    Rounds: Option("--rounds", 5), Megabytes: Option("--megabytes", 300), Seconds: Option("--seconds", 10),
    Names: [.. args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))]);
var report = new Report();
await new Comparison(home, options, report).RunAsync();
if (Array.IndexOf(args, "--out") is >= 0 and var at)
    await File.WriteAllTextAsync(args[at + 1], report.ToString());
return 0;

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var i ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
