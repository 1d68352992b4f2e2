using Contracts;
using MassTransit;
using ServiceTests;

namespace InventoryService.Tests;

public sealed class ReservationTests
{
    [Fact]
    public async Task the_rehearsal_at_start_leaves_nothing_behind()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 5));

        Assert.Equal(0, inventory.Read<InventoryDbContext, int>(database => database.Reservations.Count()));
        Assert.Equal((5, 0), inventory.Level(Inventory.Beans));
    }

    [Fact]
    public async Task an_order_reserves_all_its_lines()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10), (Inventory.Mug, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 3), (Inventory.Mug, 1), (Inventory.Beans, 2));

        await inventory.Publish(order);
        await inventory.Heard<StockReserved>();

        StockReserved reserved = inventory.Of<StockReserved>().Single();
        Assert.Equal(order.OrderId, reserved.OrderId);
        Assert.Equal([new StockLine(Inventory.Beans, 5), new StockLine(Inventory.Mug, 1)], reserved.Lines);
        Assert.Equal((10, 5), inventory.Level(Inventory.Beans));
        Assert.Equal((10, 1), inventory.Level(Inventory.Mug));
    }

    [Fact]
    public async Task one_short_line_reserves_nothing_and_names_the_sku()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10), (Inventory.Mug, 2), (Inventory.Scale, 10));

        await inventory.Publish(Inventory.Order((Inventory.Beans, 1), (Inventory.Mug, 3), (Inventory.Scale, 1)));
        await inventory.Heard<StockRejected>();

        Assert.Equal([new StockShortage(Inventory.Mug, 3, 2)], inventory.Of<StockRejected>().Single().Shortages);
        Assert.Equal((10, 0), inventory.Level(Inventory.Beans));
        Assert.Equal((2, 0), inventory.Level(Inventory.Mug));
        Assert.DoesNotContain(inventory.Of<StockLevelChanged>(), level => level.Version > 1);
    }

    [Fact]
    public async Task an_unknown_sku_is_a_shortage()
    {
        await using ServiceUnderTest inventory = await Inventory.Start();

        await inventory.Publish(Inventory.Order(("NO-SUCH", 1)));
        await inventory.Heard<StockRejected>();

        Assert.Equal([new StockShortage("NO-SUCH", 1, 0)], inventory.Of<StockRejected>().Single().Shortages);
    }

    [Fact]
    public async Task confirming_takes_the_pieces_off_the_shelf_once()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));
        await inventory.Publish(order);
        await inventory.Heard<StockReserved>();

        await inventory.Publish(order.Confirmed());
        await inventory.Heard<StockCommitted>();
        await inventory.Publish(order.Confirmed());
        await Settled(inventory);

        Assert.Equal((6, 0), inventory.Level(Inventory.Beans));
        StockCommitted committed = Assert.Single(inventory.Of<StockCommitted>());
        Assert.Equal(inventory.Of<StockReserved>().First().ReservationId, committed.ReservationId);
    }

    public static TheoryData<UndoCause> Ends => [UndoCause.OrderCancelled, UndoCause.OrderExpired, UndoCause.OrderRejected];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task any_other_end_puts_them_back_once(UndoCause end)
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));
        await inventory.Publish(order);
        await inventory.Heard<StockReserved>();

        await End(inventory, order, end);
        await inventory.Heard<StockReleased>();
        await End(inventory, order, end);
        await Settled(inventory);

        Assert.Equal((10, 0), inventory.Level(Inventory.Beans));
        Assert.Equal(end, Assert.Single(inventory.Of<StockReleased>()).Because);
    }

    [Fact]
    public async Task a_submission_after_the_end_does_not_reserve()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));

        await inventory.Publish(order.Cancelled());
        await inventory.Until<InventoryDbContext>(database => database.Reservations.Any(reservation => reservation.OrderId == order.OrderId));
        await inventory.Publish(order);
        await Settled(inventory);

        Assert.Equal((10, 0), inventory.Level(Inventory.Beans));
        Assert.DoesNotContain(inventory.Of<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
    }

    [Fact]
    public async Task a_redelivered_submission_after_release_does_not_reserve_again()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));
        await inventory.Publish(order);
        await inventory.Heard<StockReserved>();
        await inventory.Publish(order.Cancelled());
        await inventory.Heard<StockReleased>();

        // Under a new id, as a redrive from elsewhere might come: the inbox does not know it.
        await inventory.Publish(order);
        await Settled(inventory);

        Assert.Equal((10, 0), inventory.Level(Inventory.Beans));
        Assert.Single(inventory.Of<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
    }

    [Fact]
    public async Task copies_of_one_message_reserve_once()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));
        var messageId = Guid.NewGuid();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => inventory.Publish(order, messageId)));
        await Settled(inventory);

        Assert.Equal((10, 4), inventory.Level(Inventory.Beans));
        Assert.Single(inventory.Of<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
    }

    [Fact]
    public async Task twenty_orders_for_five_pieces_sell_five()
    {
        await using ServiceUnderTest inventory = await Inventory.Start(concurrency: 8, (Inventory.Beans, 5));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => inventory.Publish(Inventory.Order((Inventory.Beans, 1)))));
        await inventory.Until(events => events.Count(published => published.Message is StockReserved or StockRejected) >= 20);

        Assert.Equal(5, inventory.Of<StockReserved>().Count());
        Assert.Equal(15, inventory.Of<StockRejected>().Count());
        Assert.Equal((5, 5), inventory.Level(Inventory.Beans));
    }

    [Fact]
    public async Task confirming_what_was_released_is_an_error_and_moves_nothing()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));
        await inventory.Publish(order);
        await inventory.Heard<StockReserved>();
        await inventory.Publish(order.Cancelled());
        await inventory.Heard<StockReleased>();

        await inventory.Publish(order.Confirmed());
        await inventory.Heard<Fault<OrderConfirmed>>();

        Assert.Equal((10, 0), inventory.Level(Inventory.Beans));
    }

    [Fact]
    public async Task a_line_without_positive_quantity_is_an_error_and_frees_nothing()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));

        await inventory.Publish(Inventory.Order((Inventory.Beans, -4)));
        await inventory.Heard<Fault<OrderSubmitted>>();

        Assert.Equal((10, 0), inventory.Level(Inventory.Beans));
        Assert.Empty(inventory.Read<InventoryDbContext, List<Reservation>>(database => [.. database.Reservations]));
    }

    [Fact]
    public async Task events_are_numbered_per_order_and_per_sku()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Beans, 10));
        OrderSubmitted order = Inventory.Order((Inventory.Beans, 4));
        await inventory.Publish(order);
        await inventory.Heard<StockReserved>();
        await inventory.Publish(order.Confirmed());
        await inventory.Heard<StockCommitted>();
        await inventory.Until(events => events.Count(published => published.Message is StockLevelChanged { Sku: Inventory.Beans }) >= 3);

        Assert.Equal([1L, 2L], inventory.Events.Where(published => published.Message is StockReserved or StockCommitted)
            .Select(published => published.Version!.Value));
        Assert.All(inventory.Events.Where(published => published.Message is StockReserved or StockCommitted),
            published => Assert.Equal(order.OrderId, published.CorrelationId));
        Assert.Equal([(1L, 10, 0), (2L, 10, 4), (3L, 6, 0)], inventory.Of<StockLevelChanged>().Where(level => level.Sku == Inventory.Beans)
            .Select(level => (level.Version, level.OnHand, level.Reserved)));
    }

    private static Task End(ServiceUnderTest inventory, OrderSubmitted order, UndoCause end) => end switch
    {
        UndoCause.OrderCancelled => inventory.Publish(order.Cancelled()),
        UndoCause.OrderExpired => inventory.Publish(order.Expired()),
        _ => inventory.Publish(order.Rejected()),
    };

    /// <summary>A later order came through, one delivery at a time: what was to happen before it has happened.</summary>
    private static async Task Settled(ServiceUnderTest inventory)
    {
        OrderSubmitted witness = Inventory.Order((Inventory.Scale, 1));
        await inventory.Publish(witness);
        await inventory.Until(events => events.Any(published => published.Message is StockReserved reserved && reserved.OrderId == witness.OrderId));
    }
}
