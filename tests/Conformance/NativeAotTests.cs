using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

/// <summary>The broker compiled ahead of time, as one native executable.</summary>
public sealed partial class NativeAotTests(TestBroker broker) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("native-aot-").FullName;

    [Fact]
    public async Task it_is_published_without_a_warning_and_serves_Kafka_and_HTTP()
    {
        Tool.OnlyWhenLong();
        Assert.SkipWhen(broker.LogDirectory is null, "the broker under test is not ours");
        Assert.SkipWhen(Tool.OnPath("clang") is null && Tool.OnPath("gcc") is null, "neither clang nor gcc is installed");

        using var host = Start(await PublishAsync());
        try
        {
            var ready = Ready().Match(await host.StandardOutput.ReadLineAsync() ?? "");
            Assert.True(ready.Success, "It did not become ready.");

            using (var producer = broker.Producer(config => config.BootstrapServers = ready.Groups["kafka"].Value))
                await producer.ProduceAsync("numbers", new Message<string?, string?> { Value = "1" });
            using (var consumer = broker.Consumer("readers", config => config.BootstrapServers = ready.Groups["kafka"].Value))
            {
                consumer.Subscribe("numbers");
                Assert.Equal("1", Assert.Single(consumer.Take(1)).Message.Value);
            }

            using var http = new HttpClient { BaseAddress = new Uri(ready.Groups["http"].Value) };
            using var produced = await http.PostAsJsonAsync("/topics/numbers/records", new { value = new { two = 2 } });
            produced.EnsureSuccessStatusCode();
            var page = await http.GetFromJsonAsync<JsonElement>("/topics/numbers/records");
            Assert.Equal(2, page.GetProperty("records")[1].GetProperty("value").GetProperty("two").GetInt32());
            Assert.Contains("kafka_server_brokertopicmetrics_messagesin_total{topic=\"numbers\"} 2", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<string> PublishAsync()
    {
        var project = Path.Combine(Tool.Repository(), "src", "Broker.Host");
        using var deadline = new CancellationTokenSource(Deadline);
        var result = await Cli.Wrap("dotnet")
            .WithArguments(["publish", project, "-c", "Release", "-p:PublishAot=true", "--use-current-runtime", $"-p:ArtifactsPath={_directory}/artifacts", "-o", $"{_directory}/app"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(deadline.Token);

        Assert.SkipWhen(result.StandardOutput.Contains("error NU1101", StringComparison.Ordinal), "the native compiler's package cannot be had here");
        Assert.True(result.ExitCode == 0, result.StandardOutput);
        Assert.DoesNotContain("warning IL", result.StandardOutput, StringComparison.Ordinal);
        return Path.Combine(_directory, "app", "Broker.Host");
    }

    private Process Start(string executable)
    {
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--log.dirs", Path.Combine(_directory, "data"), "--listeners", "PLAINTEXT://127.0.0.1:0", "--http.listen", "127.0.0.1:0"])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"ready: kafka (?<kafka>\S+), .* http (?<http>\S+)$")]
    private static partial Regex Ready();
}
