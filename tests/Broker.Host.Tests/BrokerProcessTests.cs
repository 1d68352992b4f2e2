using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Broker.Host.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Host.Tests;

public sealed class BrokerProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;

    [Fact]
    public async Task it_says_when_it_is_ready_answers_over_HTTP_and_ends_cleanly_when_terminated()
    {
        await using var host = await HostProcess.StartReadyAsync(_directory);
        Assert.Matches(HostProcess.Ready(), host.ReadyLine);
        using var kafka = await KafkaClient.ConnectAsync(host.KafkaPort);
        await kafka.CreateTopicAsync("t", partitions: 2);
        await kafka.ProduceAsync("t", Requests.Batch("1", "2"), partition: 1);

        using var http = new HttpClient { BaseAddress = host.Http };
        Assert.Equal("Healthy", await http.GetStringAsync("/health"));
        Assert.Equal("Healthy", await http.GetStringAsync("/alive"));
        Assert.Contains("broker_produce_batches_total 1\n", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal("[]", await http.GetStringAsync("/groups"));
        var topic = JsonDocument.Parse(await http.GetStringAsync("/topics")).RootElement.EnumerateArray().Single();
        Assert.Equal("t", topic.GetProperty("name").GetString());
        Assert.Equal(2, topic.GetProperty("partitions")[1].GetProperty("logEndOffset").GetInt64());

        host.Terminate();
        Assert.Equal(BrokerProcess.Stopped, await host.EndAsync());
    }

    [Fact]
    public async Task a_record_acknowledged_before_a_kill_is_there_after_the_restart()
    {
        await using (var host = await HostProcess.StartReadyAsync(_directory))
        {
            using var kafka = await KafkaClient.ConnectAsync(host.KafkaPort);
            await kafka.CreateTopicAsync("t");
            Assert.Equal(Protocol.ErrorCode.None, (await kafka.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
            host.Kill();
            await host.EndAsync();
        }

        await using var restarted = await HostProcess.StartReadyAsync(_directory);
        using var client = await KafkaClient.ConnectAsync(restarted.KafkaPort);
        Assert.NotEqual(0, (await client.FetchAsync(Requests.Fetch("t", 0))).Records.Length);
    }

    [Fact]
    public async Task a_busy_Kafka_port_is_refused_before_the_data_is_touched()
    {
        using var taken = Take(out var port);
        var data = Path.Combine(_directory, "untouched");

        await using var host = HostProcess.Start(data, "--listeners", $"PLAINTEXT://127.0.0.1:{port}");

        Assert.Equal(BrokerProcess.CouldNotStart, await host.EndAsync());
        Assert.Contains(port, host.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task a_busy_HTTP_port_is_refused_before_the_data_is_touched()
    {
        using var taken = Take(out var port);
        var data = Path.Combine(_directory, "untouched");

        await using var host = HostProcess.Start(data, "--http.listen", $"127.0.0.1:{port}");

        Assert.Equal(BrokerProcess.CouldNotStart, await host.EndAsync());
        Assert.Contains(port, host.Errors, StringComparison.Ordinal);
        Assert.Single(host.Errors.Trim().Split('\n'));
        Assert.False(Directory.Exists(data));
    }

    [Theory]
    [InlineData("http.listen", "http://no-such-host.invalid:0")]
    [InlineData("http.listen", "http://192.0.2.1:0")]
    [InlineData("listeners", "PLAINTEXT://192.0.2.1:0")]
    public async Task an_address_that_is_not_to_be_had_ends_it_with_one_sentence_that_names_it(string setting, string address)
    {
        var data = Path.Combine(_directory, "untouched");

        await using var host = HostProcess.Start(data, $"--{setting}", address);

        Assert.Equal(BrokerProcess.CouldNotStart, await host.EndAsync());
        Assert.Contains(address, Assert.Single(host.Errors.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task every_address_of_the_machine_can_be_asked_for()
    {
        await using var port = await Http.HttpPort.OpenAsync(new("*", 0), NullLoggerFactory.Instance);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{new Uri(port.Address).Port}") };

        Assert.Equal("Healthy", await http.GetStringAsync("/alive"));
        Assert.False(port.IsLoopback);
    }

    [Fact]
    public async Task a_data_directory_in_use_is_refused_with_the_process_that_has_it()
    {
        await using var first = await HostProcess.StartReadyAsync(_directory);
        await using var second = HostProcess.Start(_directory);

        Assert.Equal(BrokerProcess.CouldNotStart, await second.EndAsync());
        Assert.Contains(first.Id.ToString(CultureInfo.InvariantCulture), second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unknown_setting_ends_it_with_code_2()
    {
        await using var host = HostProcess.Start(_directory, "--log.dirz", "x");

        Assert.Equal(BrokerProcess.Misconfigured, await host.EndAsync());
        Assert.Contains("log.dirs", host.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Socket Take(out string port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        return socket;
    }
}
