using Contracts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace InventoryService;

/// <summary>
/// Decides what an order's events mean for the stock: reserve all lines or none, then exactly one of commit and release.
/// Runs in the inbox's transaction; an event whose decision was already taken changes nothing.
/// </summary>
internal sealed class Reservations(InventoryDbContext database, StockLevels levels, IPublishEndpoint events, TimeProvider time)
{
    private const string BeforeLines = "before_lines";

    public async Task Reserve(OrderSubmitted order)
    {
        // Decided before, or the order ended before it was seen here.
        if (await database.Reservations.AnyAsync(reservation => reservation.OrderId == order.OrderId))
            return;

        var reservation = new Reservation
        {
            OrderId = order.OrderId,
            ReservationId = Guid.CreateVersion7(time.GetUtcNow()),
            Status = ReservationStatus.Reserved,
            Lines = [.. LinesBySku(order)],
        };
        database.Reservations.Add(reservation);

        if (await ReserveAll(reservation.Lines))
        {
            foreach (ReservedLine line in reservation.Lines)
                await levels.Publish(line.Sku);

            await Publish(reservation, new StockReserved(order.OrderId, time.GetUtcNow(), reservation.ReservationId, StockLines(reservation)));

            return;
        }

        reservation.Status = ReservationStatus.Rejected;
        await Publish(reservation, new StockRejected(order.OrderId, time.GetUtcNow(), await Shortages(reservation.Lines)));
    }

    public async Task Commit(Guid orderId)
    {
        Reservation reservation = await Find(orderId) ?? throw Contradiction(orderId, "was confirmed and never reserved");
        switch (reservation.Status)
        {
            case ReservationStatus.Committed:
                return;
            case ReservationStatus.Reserved:
                break;
            default:
                throw Contradiction(orderId, $"was confirmed while its reservation is {reservation.Status}");
        }

        reservation.Status = ReservationStatus.Committed;
        foreach (ReservedLine line in reservation.Lines)
        {
            if (!await levels.Commit(line.Sku, line.Quantity))
                throw Contradiction(orderId, $"holds {line.Quantity} of {line.Sku} that are not on its shelf");

            await levels.Publish(line.Sku);
        }

        await Publish(reservation, new StockCommitted(orderId, time.GetUtcNow(), reservation.ReservationId, StockLines(reservation)));
    }

    public async Task Close(Guid orderId, UndoCause because)
    {
        if (await Find(orderId) is not { } reservation)
        {
            database.Reservations.Add(new Reservation { OrderId = orderId, ReservationId = Guid.Empty, Status = ReservationStatus.Closed });

            return;
        }

        if (reservation.Status == ReservationStatus.Committed)
            throw Contradiction(orderId, $"was committed and then ended by {because}");

        if (reservation.Status != ReservationStatus.Reserved)
            return;

        reservation.Status = ReservationStatus.Released;
        foreach (ReservedLine line in reservation.Lines)
        {
            if (!await levels.Release(line.Sku, line.Quantity))
                throw Contradiction(orderId, $"holds {line.Quantity} of {line.Sku} that are not on its shelf");

            await levels.Publish(line.Sku);
        }

        await Publish(reservation, new StockReleased(orderId, time.GetUtcNow(), reservation.ReservationId, StockLines(reservation), because));
    }

    private async Task<bool> ReserveAll(List<ReservedLine> lines)
    {
        IDbContextTransaction transaction = database.Database.CurrentTransaction ??
            throw new InvalidOperationException("Reserving needs the inbox's transaction.");
        await transaction.CreateSavepointAsync(BeforeLines);

        foreach (ReservedLine line in lines)
        {
            if (await levels.Reserve(line.Sku, line.Quantity))
                continue;

            await transaction.RollbackToSavepointAsync(BeforeLines);

            return false;
        }

        return true;
    }

    private async Task<List<StockShortage>> Shortages(List<ReservedLine> lines)
    {
        var shortages = new List<StockShortage>();
        foreach (ReservedLine line in lines)
        {
            int available = (await levels.Find(line.Sku))?.Available ?? 0;
            if (available < line.Quantity)
                shortages.Add(new StockShortage(line.Sku, line.Quantity, available));
        }

        return shortages;
    }

    private Task<Reservation?> Find(Guid orderId) => database.Reservations.SingleOrDefaultAsync(reservation => reservation.OrderId == orderId);

    private Task Publish<T>(Reservation reservation, T message)
        where T : class
    {
        long version = ++reservation.Events;

        return events.Publish(message, publish =>
        {
            publish.CorrelationId = reservation.OrderId;
            publish.Headers.Set(MessageHeaders.AggregateVersion, version);
        });
    }

    private static IEnumerable<ReservedLine> LinesBySku(OrderSubmitted order)
    {
        // A negative line would add to what others may reserve. The order service refuses it; the topic is open to others.
        if (order.Lines.Count == 0 || order.Lines.Any(line => line.Quantity <= 0))
            throw new ArgumentException($"Order {order.OrderId} has no lines or one without a positive quantity.", nameof(order));

        return order.Lines.GroupBy(line => line.Sku, StringComparer.Ordinal)
            .Select(lines => new ReservedLine(lines.Key, lines.Sum(line => line.Quantity)));
    }

    private static StockLine[] StockLines(Reservation reservation) =>
        [.. reservation.Lines.Select(line => new StockLine(line.Sku, line.Quantity))];

    /// <summary>Ends in the error topic: history and stock disagree, and guessing would lose pieces.</summary>
    private static InvalidOperationException Contradiction(Guid orderId, string what) => new($"Order {orderId} {what}.");
}
