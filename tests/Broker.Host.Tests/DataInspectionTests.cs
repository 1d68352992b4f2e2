using Broker.Host.Configuration;
using Broker.Host.Offline;
using Broker.InProcess;
using Broker.Testing;

namespace Broker.Host.Tests;

public sealed class DataInspectionTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public async ValueTask InitializeAsync()
    {
        await using var broker = await TestBroker.StartAsync(_directory);
        for (var i = 0; i < 3; i++)
            await broker.Server.Records.ProduceAsync("orders", [new NewRecord("key"u8.ToArray(), [(byte)('a' + i)])]);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task a_sound_directory_is_said_to_be()
    {
        Assert.Equal(0, await RunAsync("--verify"));

        Assert.Contains("1 partitions, 0 with findings, 0 damaged, and 0 state files damaged", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("orders-0", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_flipped_bit_is_found_and_left_as_it_is()
    {
        var log = Path.Combine(_directory, "orders-0", "00000000000000000000.log");
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[80] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);

        Assert.Equal(1, await RunAsync("--verify"));
        Assert.Equal(1, await RunAsync("--dump", "orders/0"));

        Assert.Contains(" 1 damaged, and 0 state files", _output.ToString(), StringComparison.Ordinal);
        Assert.NotEqual("", _errors.ToString());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(log));
    }

    [Fact]
    public async Task a_dump_shows_the_range_that_was_asked()
    {
        Assert.Equal(0, await RunAsync("--dump=orders/0@1-1"));

        Assert.Contains("offset: 1", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("payload: b", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("payload: a", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("payload: c", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_directory_in_use_is_not_verified()
    {
        await using var broker = await TestBroker.StartAsync(_directory);

        Assert.Equal(2, await RunAsync("--verify"));

        Assert.Contains("in use", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--verify")]
    [InlineData("--dump=other/0")]
    public async Task what_could_not_be_looked_at_is_not_called_damaged(string what)
    {
        Directory.Delete(_directory, recursive: true);
        Directory.CreateDirectory(_directory);

        Assert.Equal(2, await RunAsync(what));

        Assert.Contains(_directory, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_lost_log_and_a_damaged_state_file_are_damage()
    {
        Directory.Delete(Path.Combine(_directory, "orders-0"), recursive: true);
        Assert.Equal(1, await RunAsync("--verify"));

        await File.WriteAllTextAsync(Path.Combine(_directory, "acls.json"), "{}");
        Assert.Equal(1, await RunAsync("--verify"));

        Assert.Contains("damage: orders-0: ", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("damage: acls.json: ", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 partitions, 1 with findings, 1 damaged, and 1 state files damaged", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("/0")]
    [InlineData("orders/x")]
    [InlineData("orders/0@x")]
    [InlineData("orders/0@1-x")]
    public void what_cannot_be_dumped_is_refused(string place) =>
        Assert.Contains(place, Assert.Throws<RefusedConfigurationException>(() => DumpRequest.Parse(place)).Message, StringComparison.Ordinal);

    private Task<int> RunAsync(params string[] args) =>
        new BrokerProcess(_output, _errors).RunAsync([.. args, "--log.dirs", _directory], new Dictionary<string, string>());
}
