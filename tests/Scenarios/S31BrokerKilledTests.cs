using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S31BrokerKilledTests(ProcessSolution solution) : IClassFixture<ProcessSolution>
{
    /// <summary>A newcomer's run kills once; LONG_TESTS=1 is the whole scenario. Every twentieth order is posted twice under its key.</summary>
    private static readonly (int Orders, int Kills) Size = Environment.GetEnvironmentVariable("LONG_TESTS") == "1" ? (500, 5) : (200, 1);

    [Fact]
    public async Task orders_in_flight_while_the_broker_is_killed_all_end_as_they_should()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();
        var batch = Size.Orders / Size.Kills;
        var expected = new Dictionary<Guid, string>();

        for (var kill = 0; kill < Size.Kills; kill++)
        {
            var acknowledged = HighWatermarks();
            var placing = new OrderMix(shop, batch).PlaceAll();
            await SomethingIsFlowing(acknowledged);
            var before = HighWatermarks();
            await solution.KillAndRestartBrokerAsync();
            Assert.All(HighWatermarks(), after => Assert.True(after.Value >= before.GetValueOrDefault(after.Key), $"I15 {after.Key} fell from {before.GetValueOrDefault(after.Key)} to {after.Value}"));
            foreach (var (orderId, status) in await placing)
            {
                expected.Add(orderId, status);
            }
        }

        var evidence = await Evidence.Settle(solution, shop, stock, expected.Keys);

        Assert.Empty(Invariants.Violations(evidence, expected.Keys));
        foreach (var (orderId, status) in expected)
        {
            Assert.Equal(status, (await shop.Order(orderId)).Status);
        }
    }

    private Task SomethingIsFlowing(IReadOnlyDictionary<(string, int), long> before) =>
        Eventually.Get("new records on the log", () => Task.FromResult(HighWatermarks().Values.Sum()), now => now > before.Values.Sum() + 10);

    private Dictionary<(string Topic, int Partition), long> HighWatermarks() =>
        TopicReader.HighWatermarks(solution.BootstrapServers, "orders", "payments", "inventory-updates");
}
