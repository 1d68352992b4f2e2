using Scenarios.Driving;

namespace Scenarios.Judging;

/// <summary>
/// The invariants of the end-to-end suite that can be judged once an order book is settled. Each returns what is wrong,
/// in words; an empty list is the verdict. Nothing here is shared with the services.
/// </summary>
public static class Invariants
{
    public static IReadOnlyList<string> Violations(Evidence evidence, IReadOnlyCollection<Guid> accepted) =>
    [
        .. StockIsConserved(evidence),
        .. accepted.SelectMany(orderId => OrderIsWhole(evidence, orderId)),
        .. accepted.SelectMany(orderId => MoneyMovedOnce(evidence, orderId)),
        .. accepted.SelectMany(orderId => CustomerWasToldOnce(evidence, orderId)),
        .. NothingWasInvented(evidence, accepted),
    ];

    /// <summary>I1, I2: reserved stays within what is on hand, and what left the shelf is what was committed.</summary>
    private static IEnumerable<string> StockIsConserved(Evidence evidence)
    {
        var committed = evidence.Facts.Where(record => record.Type == "StockCommitted").SelectMany(Lines)
            .GroupBy(line => line.Sku).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity));
        foreach (var after in evidence.StockAfter.Values)
        {
            var expected = evidence.StockBefore[after.Sku].OnHand - committed.GetValueOrDefault(after.Sku);
            if (after.OnHand != expected)
            {
                yield return $"I2 {after.Sku}: {after.OnHand} on hand, but {expected} follow from the log";
            }

            if (after.Reserved != 0)
            {
                yield return $"I2 {after.Sku}: {after.Reserved} still reserved after every order settled";
            }
        }

        foreach (var level in evidence.Facts.Where(record => record.Type == "StockLevelChanged"))
        {
            var (onHand, reserved) = (level.Json.GetProperty("onHand").GetInt32(), level.Json.GetProperty("reserved").GetInt32());
            if (reserved < 0 || reserved > onHand)
            {
                yield return $"I1 {level}: reserved {reserved} of {onHand}";
            }
        }
    }

    /// <summary>I3, I4, I8: one submission, one answer of the inventory, one way to close the reservation, one end.</summary>
    private static IEnumerable<string> OrderIsWhole(Evidence evidence, Guid orderId)
    {
        var submitted = evidence.Count(orderId, "OrderSubmitted");
        var reserved = evidence.Count(orderId, "StockReserved");
        var rejected = evidence.Count(orderId, "StockRejected");
        var closed = evidence.Count(orderId, "StockCommitted") + evidence.Count(orderId, "StockReleased");
        var ends = evidence.ByOrder[orderId].Count(Evidence.IsTerminal);
        if (submitted != 1)
        {
            yield return $"I8 {orderId}: {submitted} submissions";
        }

        if (reserved + rejected != 1)
        {
            yield return $"I3 {orderId}: {reserved} reservations and {rejected} rejections";
        }

        if (closed != reserved)
        {
            yield return $"I3 {orderId}: {reserved} reservations closed {closed} times";
        }

        if (ends != 1)
        {
            yield return $"I4 {orderId}: {ends} terminal events";
        }
    }

    /// <summary>I5: exactly one capture of the total for a confirmed order, none otherwise, and no authorisation left open.</summary>
    private static IEnumerable<string> MoneyMovedOnce(Evidence evidence, Guid orderId)
    {
        var entries = evidence.Ledger.Where(entry => entry.OrderId == orderId).ToList();
        var captures = entries.Where(entry => entry.Operation == "Capture").ToList();
        var confirmed = evidence.Count(orderId, "OrderConfirmed") == 1;
        if (captures.Count != (confirmed ? 1 : 0))
        {
            yield return $"I5 {orderId}: {captures.Count} captures, confirmed {confirmed}";
        }

        if (confirmed && captures.Count == 1)
        {
            var total = evidence.ByOrder[orderId].First(record => record.Type == "OrderSubmitted").Json.GetProperty("totalMinor").GetInt64();
            var captured = captures[0].AmountMinor;
            if (captured != total)
            {
                yield return $"I5 {orderId}: captured {captured} of {total}";
            }
        }

        var authorised = entries.Count(entry => entry.Operation == "Authorization");
        var voided = entries.Count(entry => entry.Operation == "Void");
        if (!confirmed && authorised != voided)
        {
            yield return $"I5 {orderId}: {authorised} authorisations and {voided} voids of an order that was not confirmed";
        }
    }

    /// <summary>I7: each milestone of the order's history is notified exactly once.</summary>
    private static IEnumerable<string> CustomerWasToldOnce(Evidence evidence, Guid orderId)
    {
        var end = evidence.ByOrder[orderId].First(Evidence.IsTerminal).Type;
        string[] expected = end == "OrderConfirmed" ? ["OrderConfirmed", "OrderReceived", "PaymentReceipt"] : [.. new[] { "OrderReceived", end }.Order(StringComparer.Ordinal)];
        var sent = evidence.ByOrder[orderId].Where(record => record.Type == "NotificationSent")
            .Select(record => record.Json.GetProperty("milestone").GetString()!)
            .Order(StringComparer.Ordinal);
        var told = string.Join(", ", sent);
        if (told != string.Join(", ", expected))
        {
            yield return $"I7 {orderId}: told {told}, expected {string.Join(", ", expected)}";
        }
    }

    /// <summary>I8, the other half: no order on the log that no customer was promised.</summary>
    private static IEnumerable<string> NothingWasInvented(Evidence evidence, IReadOnlyCollection<Guid> accepted) =>
        evidence.ByOrder.Select(group => group.Key).Except(accepted).Select(orderId => $"I8 {orderId}: on the log, but never accepted");

    private static IEnumerable<OrderLine> Lines(TopicRecord record) =>
        record.Json.GetProperty("lines").EnumerateArray().Select(line => new OrderLine(line.GetProperty("sku").GetString()!, line.GetProperty("quantity").GetInt32()));
}
