using System.Globalization;
using Broker.Fuzz;
using Broker.Fuzz.Targets;

// dotnet run --project tests/Broker.Fuzz -- TARGET [--seconds N] [--seed N] [--input HEX]
FuzzTarget[] targets = [RequestTarget.Create(), BatchTarget.Create(), VarintTarget.Create(), CompressedTarget.Create(), MemberTarget.Create(), HandlersTarget.Create()];
if (args.Length == 0 || Array.Find(targets, t => t.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine($"Name a target: {string.Join(", ", targets.Select(t => t.Name))}. [--seconds N] [--seed N] [--input HEX]");
    return 2;
}

string? Option(string name) => Array.IndexOf(args, name) is var at and > 0 && at + 1 < args.Length ? args[at + 1] : null;

var seed = int.Parse(Option("--seed") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
var run = new FuzzRun(target, seed, Console.Out);
if (Option("--input") is { } hex)
    return await run.TryAsync(Convert.FromHexString(hex)) ? 0 : 1;
return await run.MutateAsync(TimeSpan.FromSeconds(int.Parse(Option("--seconds") ?? "3600", CultureInfo.InvariantCulture))) ? 0 : 1;
