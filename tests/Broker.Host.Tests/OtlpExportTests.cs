using System.Net;
using Broker.Host.Tests.Support;

namespace Broker.Host.Tests;

public sealed class OtlpExportTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;

    [Fact]
    public async Task metrics_and_log_go_to_the_collector_that_the_environment_names()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");
        using var collector = new HttpListener();
        var address = Listen(collector);

        await using var host = await HostProcess.StartReadyAsync(
            _directory,
            environment: new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
            });

        var missing = new HashSet<string> { "/v1/metrics", "/v1/logs" };
        while (missing.Count > 0)
        {
            var request = await collector.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60));
            using var body = new StreamReader(request.Request.InputStream, System.Text.Encoding.Latin1);
            var text = await body.ReadToEndAsync();
            if (text.Contains("kafka.controller.kafkacontroller.globaltopiccount", StringComparison.Ordinal) || text.Contains("listens on", StringComparison.Ordinal))
                missing.Remove(request.Request.Url!.AbsolutePath);
            request.Response.Close();
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The listener takes no port 0: a port that was free a moment ago is tried until one still is.</summary>
    private static string Listen(HttpListener collector)
    {
        while (true)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            try
            {
                collector.Prefixes.Add(address);
                collector.Start();
                return address;
            }
            catch (HttpListenerException)
            {
                collector.Prefixes.Clear();
            }
        }
    }
}
