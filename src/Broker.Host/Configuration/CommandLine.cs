using Broker.Host.Offline;

namespace Broker.Host.Configuration;

/// <summary>
/// The command line: <c>[FILE] [--config FILE] [--name value | --name=value | --override name=value]… [--verify | --dump TOPIC/PARTITION]
/// [--help] [--version]</c>. The form of Kafka's own start script is understood with that: a properties file first, then overrides.
/// </summary>
internal sealed record CommandLine(
    IReadOnlyList<Setting> Settings, string? ConfigFile, bool Help, bool Version, bool Verify = false, DumpRequest? Dump = null)
{
    private const string Source = "on the command line";

    /// <exception cref="RefusedConfigurationException">A name without a value, or a word that is neither.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var settings = new List<Setting>();
        string? configFile = null;
        var help = false;
        var version = false;
        var verify = false;
        DumpRequest? dump = null;

        for (var i = 0; i < args.Count; i++)
        {
            var (word, attached) = Split(args[i]);
            switch (word)
            {
                case "--help" or "-h" or "-?":
                    help = true;
                    break;

                case "--version":
                    version = true;
                    break;

                case "--verify":
                    verify = true;
                    break;

                case "--dump":
                    dump = DumpRequest.Parse(attached ?? Next(args, ref i));
                    break;

                case "--config":
                    configFile = TakeFile(configFile, attached ?? Next(args, ref i));
                    break;

                case "--override":
                    var (name, value) = Split(attached ?? Next(args, ref i));
                    settings.Add(new Setting(name, value ?? throw new RefusedConfigurationException($"--override {name} needs name=value."), Source));
                    break;

                case ['-', '-', _, ..]:
                    settings.Add(new Setting(word[2..], attached ?? Next(args, ref i), Source));
                    break;

                case ['-', ..]:
                    throw new RefusedConfigurationException($"\"{word}\" is not understood: settings are given as --name value. See --help.");

                default:
                    configFile = TakeFile(configFile, args[i]);
                    break;
            }
        }

        if (verify && dump is not null)
            throw new RefusedConfigurationException("--verify and --dump are one thing each: ask for one of them.");
        return new CommandLine(settings, configFile, help, version, verify, dump);
    }

    private static string TakeFile(string? before, string file) =>
        before is null ? file : throw new RefusedConfigurationException($"There can be one properties file, not \"{before}\" and \"{file}\" both.");

    private static string Next(IReadOnlyList<string> args, ref int i)
    {
        if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            return args[++i];
        throw new RefusedConfigurationException($"{args[i]} needs a value.");
    }

    private static (string Word, string? Attached) Split(string arg) =>
        arg.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 ? (arg[..equals], arg[(equals + 1)..]) : (arg, null);
}
