using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Conformance.Support;

/// <summary>Programs of other people. A test that needs one which is not there is skipped and says why.</summary>
public static class Tool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>Runs kcat and gives its standard output.</summary>
    public static Task<string> KcatAsync(string? input, params string[] arguments) => RunAsync(Kcat(), arguments, input);

    /// <summary>Where kcat is.</summary>
    public static string Kcat()
    {
        var kcat = OnPath("kcat") ?? OnPath("kafkacat");
        Assert.SkipWhen(kcat is null, "kcat is not installed");
        return kcat!;
    }

    /// <summary>Runs one of Apache Kafka's own tools and gives its standard output.</summary>
    public static Task<string> KafkaAsync(string? input, string script, params string[] arguments) =>
        RunAsync(Path.Combine(KafkaHome(), "bin", script), arguments, input);

    /// <summary>Starts no tool, but skips where <see cref="KafkaAsync"/> would.</summary>
    public static string KafkaHome()
    {
        Assert.SkipWhen(OnPath("java") is null, "java is not installed");
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } set ? set : BesideRepository();
        Assert.SkipWhen(home is null, "no Apache Kafka at hand: set KAFKA_HOME to a distribution");
        return home!;
    }

    /// <summary>Skips a test that needs every program that any test uses.</summary>
    public static async Task RequireAllAsync()
    {
        KafkaHome();
        Kcat();
        ScriptedClient.RequireKafkaJs();
        await ScriptedClient.RequireKafkaPythonAsync();
        await ScriptedClient.RequireSaramaAsync();
    }

    /// <summary>Each Java program takes seconds to start, so most of these tests run only when asked for.</summary>
    public static void OnlyWhenLong() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");

    /// <summary>Runs one of Apache Kafka's own tools, whatever comes of it, and gives all that it says.</summary>
    public static async Task<string> TryKafkaAsync(string? input, string script, params string[] arguments)
    {
        var result = await ExecuteAsync(Path.Combine(KafkaHome(), "bin", script), arguments, input);
        return result.StandardOutput + result.StandardError;
    }

    /// <summary>As <see cref="KcatAsync"/>, whatever comes of it; gives all that it says.</summary>
    public static async Task<string> TryKcatAsync(string? input, params string[] arguments)
    {
        var result = await ExecuteAsync(Kcat(), arguments, input);
        return result.StandardOutput + result.StandardError;
    }

    internal static async Task<string> RunAsync(
        string program, string[] arguments, string? input, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var result = await ExecuteAsync(program, arguments, input, environment);
        Assert.True(result.ExitCode == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.StandardOutput}\n{result.StandardError}");
        return result.StandardOutput;
    }

    private static async Task<BufferedCommandResult> ExecuteAsync(
        string program, string[] arguments, string? input, IReadOnlyDictionary<string, string?>? environment = null)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await Cli.Wrap(program).WithArguments(arguments)
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithStandardInputPipe(PipeSource.FromString(input ?? "", Encoding.UTF8))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, deadline.Token);
    }

    internal static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    /// <summary>Where the solution lies.</summary>
    public static string Repository() => Search() ?? throw new InvalidOperationException("The tests do not run inside the repository.");

    private static string? BesideRepository()
    {
        if (Search() is not { } repository)
            return null;
        var kafka = Path.Combine(Path.GetDirectoryName(repository) ?? repository, "shared", "kafka");
        return Directory.Exists(kafka) ? kafka : null;
    }

    private static string? Search()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Reference.sln")))
                return folder.FullName;
        }

        return null;
    }
}
