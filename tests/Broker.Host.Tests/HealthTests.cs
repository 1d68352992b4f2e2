using System.Net;
using Broker.Host.Http;
using Broker.Host.Tests.Support;
using Broker.Testing;

namespace Broker.Host.Tests;

public sealed class HealthTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;

    [Fact]
    public async Task a_partition_that_cannot_be_opened_degrades_the_broker_and_leaves_it_in_service()
    {
        await using (var broker = await TestBroker.StartAsync(_directory))
        {
            await broker.Server.Admin.CreateTopicAsync("orders", partitions: 2);
            await broker.Server.Records.ProduceAsync("orders", [new([], [1]) { Partition = 1 }]);
        }

        await File.WriteAllBytesAsync(Path.Combine(_directory, "orders-1", "00000000000000000000.log"), []);
        await using var rest = await RestBroker.StartAsync(directory: _directory);

        var health = await rest.Http.GetAsync("/health");

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal("Degraded\norders-1: offline\n", await health.Content.ReadAsStringAsync());
    }

    [Fact]
    public void a_partition_that_failed_is_named_too_and_a_long_list_is_cut()
    {
        Assert.Equal("Healthy", HealthPage.Of([Topic("fine", online: true, readOnly: false, 3)]));
        Assert.StartsWith("Degraded\nfailed-0: read-only, ", HealthPage.Of([Topic("fine", true, false, 1), Topic("failed", true, true, 1)]), StringComparison.Ordinal);
        Assert.EndsWith("lost-99: offline\nand 20 more\n", HealthPage.Of([Topic("lost", false, false, 120)]), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static TopicDescription Topic(string name, bool online, bool readOnly, int partitions) =>
        new(name, Guid.NewGuid(), false, [.. Enumerable.Range(0, partitions).Select(i => new PartitionDescription(i, online, readOnly, 0, 0, 0, 0))]);
}
