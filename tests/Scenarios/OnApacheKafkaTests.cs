using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class OnApacheKafkaTests
{
    [Fact]
    public async Task the_same_services_run_on_apache_kafka_by_their_connection_string()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");
        await using var kafka = await ApacheKafkaNode.StartAsync();
        await using var solution = new InProcessSolution { BrokersElsewhere = kafka.BootstrapServers };
        await solution.InitializeAsync();
        using var shop = new Shop(solution);
        var stock = await shop.Stock();

        var expected = await new OrderMix(shop, 40).PlaceAll();
        var evidence = await Evidence.Settle(solution, shop, stock, [.. expected.Keys]);

        Assert.Empty(Invariants.Violations(evidence, [.. expected.Keys]));
        foreach (var (orderId, status) in expected)
        {
            Assert.Equal(status, (await shop.Order(orderId)).Status);
        }
    }
}
