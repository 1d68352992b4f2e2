using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace Conformance.Support;

/// <summary>Clients of other languages, told by the scripts in <c>Scripts</c> what to do; each prints what it saw as JSON.</summary>
public static class ScriptedClient
{
    private const string KafkaJsVersion = "2.2.4";
    private const string KafkaPythonVersion = "2.0.2";
    private const string SaramaPackage = "golang-github-shopify-sarama-dev";

    /// <summary>The program, compiled once in a run.</summary>
    private static readonly Lazy<Task<string>> Sarama = new(BuildSaramaAsync);

    /// <summary>Runs a command of <c>kafkajs.js</c>. The package is installed once, into the folder for temporary files.</summary>
    public static async Task<JsonElement> KafkaJsAsync(string command, string bootstrapServers, string name, object? options = null)
    {
        RequireKafkaJs();
        var folder = Path.Combine(Path.GetTempPath(), $"conformance-kafkajs-{KafkaJsVersion}");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "kafkajs")))
        {
            var install = await RunAsync(Tool.OnPath("npm")!, "install", "--no-audit", "--no-fund", "--prefix", folder, $"kafkajs@{KafkaJsVersion}");
            Assert.SkipUnless(install.IsSuccess, $"npm could not install kafkajs: {install.StandardError}");
        }

        var saw = await RunScriptAsync(
            Tool.OnPath("node")!, "kafkajs.js", new() { ["NODE_PATH"] = Path.Combine(folder, "node_modules") }, command, bootstrapServers, name, options);
        Assert.Equal(KafkaJsVersion, saw.GetProperty("version").GetString());
        return saw;
    }

    /// <summary>Runs a command of <c>kafka_python.py</c> with Debian's package.</summary>
    public static async Task<JsonElement> KafkaPythonAsync(string command, string bootstrapServers, string name, object? options = null)
    {
        var saw = await RunScriptAsync(await RequireKafkaPythonAsync(), "kafka_python.py", [], command, bootstrapServers, name, options);
        Assert.Equal(KafkaPythonVersion, saw.GetProperty("version").GetString());
        return saw;
    }

    /// <summary>Runs a command of <c>sarama.go</c> with Debian's package, which is its source.</summary>
    public static async Task<JsonElement> SaramaAsync(string command, string bootstrapServers, string name)
    {
        var version = await RequireSaramaAsync();
        var output = await Tool.RunAsync(await Sarama.Value, [version, command, bootstrapServers, name], null);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>The version of the package.</summary>
    public static async Task<string> RequireSaramaAsync()
    {
        Assert.SkipWhen(Tool.OnPath("go") is null || Tool.OnPath("dpkg-query") is null, "go is not installed, or this is not Debian");
        var package = await RunAsync("dpkg-query", "--show", "--showformat", "${Version}", SaramaPackage);
        Assert.SkipUnless(package.IsSuccess && package.StandardOutput.Length > 0, $"{SaramaPackage} is not installed");
        return package.StandardOutput.Split('-')[0];
    }

    public static void RequireKafkaJs() =>
        Assert.SkipWhen(Tool.OnPath("node") is null || Tool.OnPath("npm") is null, "node and npm are not installed");

    /// <summary>The interpreter that has the package.</summary>
    public static async Task<string> RequireKafkaPythonAsync()
    {
        foreach (var python in new[] { "/usr/bin/python3", Tool.OnPath("python3") })
        {
            if (python is not null && File.Exists(python)
                && (await RunAsync(python, "-c", "import kafka; print(kafka.__version__)")).StandardOutput.Trim() == KafkaPythonVersion)
                return python;
        }

        Assert.Skip($"python3-kafka {KafkaPythonVersion} is not installed");
        return "";
    }

    private static async Task<string> BuildSaramaAsync()
    {
        var (program, source) = (Path.Combine(AppContext.BaseDirectory, "sarama"), Path.Combine(AppContext.BaseDirectory, "Scripts", "sarama.go"));
        var environment = new Dictionary<string, string?> { ["GO111MODULE"] = "off", ["GOPATH"] = "/usr/share/gocode" };
        await Tool.RunAsync("go", ["build", "-o", program, source], null, environment);
        return program;
    }

    private static async Task<JsonElement> RunScriptAsync(
        string interpreter, string script, Dictionary<string, string?> environment, string command, string bootstrapServers, string name, object? options)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Scripts", script), command, bootstrapServers, name, JsonSerializer.Serialize(options ?? new { })];
        var output = await Tool.RunAsync(interpreter, arguments, null, environment);
        return JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
    }

    private static async Task<BufferedCommandResult> RunAsync(string program, params string[] arguments) =>
        await Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
}
