using Scenarios.Driving;

namespace Scenarios.Judging;

/// <summary>Everything an outsider can know after a run: the log, the stock before and after, and the gateway's ledger.</summary>
public sealed class Evidence
{
    private static readonly string[] Terminal = ["OrderConfirmed", "OrderRejected", "OrderCancelled", "OrderExpired"];

    private static readonly string[] Topics = ["orders", "payments", "inventory-updates", "order-notifications", "stock-levels"];

    private Evidence(
        IReadOnlyList<TopicRecord> log,
        IReadOnlyDictionary<string, StockView> stockBefore,
        IReadOnlyDictionary<string, StockView> stockAfter,
        IReadOnlyList<LedgerEntry> ledger)
    {
        Log = log;
        StockBefore = stockBefore;
        StockAfter = stockAfter;
        Ledger = ledger;
        // The relay may repeat a record after a crash; the same message id is the same fact.
        Facts = [.. log.DistinctBy(record => (record.Topic, record.MessageId))];
        ByOrder = Facts
            .Where(record => record.Topic is "orders" or "payments" or "inventory-updates" or "order-notifications")
            .ToLookup(record => record.OrderId);
    }

    public IReadOnlyList<TopicRecord> Log { get; }

    public IReadOnlyList<TopicRecord> Facts { get; }

    public ILookup<Guid, TopicRecord> ByOrder { get; }

    public IReadOnlyDictionary<string, StockView> StockBefore { get; }

    public IReadOnlyDictionary<string, StockView> StockAfter { get; }

    public IReadOnlyList<LedgerEntry> Ledger { get; }

    /// <summary>Waits until every accepted order is settled and its last notification is on the log, then looks at everything.</summary>
    public static async Task<Evidence> Settle(ISolution solution, Shop shop, IReadOnlyDictionary<string, StockView> stockBefore, IReadOnlyCollection<Guid> accepted)
    {
        foreach (var orderId in accepted)
        {
            await shop.Settled(orderId);
        }

        var log = await Eventually.Get(
            "the last notifications",
            () => Task.FromResult(TopicReader.ReadAll(solution.BootstrapServers, Topics)),
            records => accepted.All(orderId => EveryoneWasTold(records, orderId)));
        return new Evidence(log, stockBefore, await shop.Stock(), await shop.Ledger());
    }

    public TopicRecord Only(Guid orderId, string type) => Assert.Single(ByOrder[orderId], record => record.Type == type);

    public static bool IsTerminal(TopicRecord record) => Terminal.Contains(record.Type);

    private static bool EveryoneWasTold(IReadOnlyList<TopicRecord> records, Guid orderId)
    {
        var confirmed = records.Any(record => record.Topic == "orders" && record.Type == "OrderConfirmed" && record.OrderId == orderId);
        var told = records.Where(record => record.Topic == "order-notifications" && record.OrderId == orderId).DistinctBy(record => record.MessageId).Count();
        return told >= (confirmed ? 3 : 2);
    }

    public int Count(Guid orderId, string type) => ByOrder[orderId].Count(record => record.Type == type);
}
