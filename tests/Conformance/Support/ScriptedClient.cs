using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace Conformance.Support;

/// <summary>Clients of other languages, told by the scripts in <c>Scripts</c> what to do; each prints what it saw as JSON.</summary>
public static class ScriptedClient
{
    private const string KafkaJsVersion = "2.2.4";

    /// <summary>Runs a command of <c>kafkajs.js</c>. The package is installed once, into the folder for temporary files.</summary>
    public static async Task<JsonElement> KafkaJsAsync(string command, string bootstrapServers, string name)
    {
        var (node, npm) = (Tool.OnPath("node"), Tool.OnPath("npm"));
        Assert.SkipWhen(node is null || npm is null, "node and npm are not installed");

        var folder = Path.Combine(Path.GetTempPath(), $"conformance-kafkajs-{KafkaJsVersion}");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "kafkajs")))
        {
            var install = await RunAsync(npm!, "install", "--no-audit", "--no-fund", "--prefix", folder, $"kafkajs@{KafkaJsVersion}");
            Assert.SkipUnless(install.IsSuccess, $"npm could not install kafkajs: {install.StandardError}");
        }

        return await RunScriptAsync(node!, "kafkajs.js", new() { ["NODE_PATH"] = Path.Combine(folder, "node_modules") }, command, bootstrapServers, name);
    }

    /// <summary>Runs a command of <c>kafka_python.py</c> with Debian's package.</summary>
    public static async Task<JsonElement> KafkaPythonAsync(string command, string bootstrapServers, string name)
    {
        foreach (var python in new[] { "/usr/bin/python3", Tool.OnPath("python3") })
        {
            if (python is not null && File.Exists(python) && (await RunAsync(python, "-c", "import kafka")).IsSuccess)
                return await RunScriptAsync(python, "kafka_python.py", [], command, bootstrapServers, name);
        }

        Assert.Skip("python3-kafka is not installed");
        return default;
    }

    private static async Task<JsonElement> RunScriptAsync(string interpreter, string script, Dictionary<string, string?> environment, params string[] arguments)
    {
        var output = await Tool.RunAsync(interpreter, [Path.Combine(AppContext.BaseDirectory, "Scripts", script), .. arguments], null, environment);
        return JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
    }

    private static async Task<BufferedCommandResult> RunAsync(string program, params string[] arguments) =>
        await Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
}
