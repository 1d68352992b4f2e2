using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts;
using MassTransit;
using ServiceTests;

namespace NotificationService.Tests;

public sealed class MilestoneTests
{
    [Fact]
    public async Task a_confirmed_order_has_exactly_three_milestones()
    {
        await using ServiceUnderTest notifications = await Start();
        OrderSubmitted order = Order("alice");

        await Sequence(notifications, order, Captured(order), Confirmed(order));

        Assert.Equal([Milestone.OrderReceived, Milestone.PaymentReceipt, Milestone.OrderConfirmed],
            notifications.Of<NotificationSent>().Select(sent => sent.Milestone));
        Assert.All(notifications.Of<NotificationSent>(), sent => Assert.Equal("alice", sent.CustomerId));
        Assert.Equal($"{order.OrderId}:PaymentReceipt", notifications.Of<NotificationSent>().ElementAt(1).DedupeKey);
    }

    [Fact]
    public async Task any_other_order_has_exactly_two()
    {
        await using ServiceUnderTest notifications = await Start();
        OrderSubmitted rejected = Order("alice"), cancelled = Order("bob"), expired = Order("carol");

        await Sequence(notifications,
            rejected, new OrderRejected(rejected.OrderId, default, OrderRejectionReason.OutOfStock, "short", [new StockShortage("MUG-BLUE", 2, 1)]),
            cancelled, new OrderCancelled(cancelled.OrderId, default, "bob", "why not"),
            expired, new OrderExpired(expired.OrderId, default, OrderWait.Payment, default));

        Assert.Equal([Milestone.OrderReceived, Milestone.OrderRejected], MilestonesOf(notifications, rejected));
        Assert.Equal([Milestone.OrderReceived, Milestone.OrderCancelled], MilestonesOf(notifications, cancelled));
        Assert.Equal([Milestone.OrderReceived, Milestone.OrderExpired], MilestonesOf(notifications, expired));
        Assert.Contains("MUG-BLUE", notifications.Read<NotificationDbContext, string>(database =>
            database.Notifications.Single(notification => notification.Milestone == Milestone.OrderRejected).Text));
    }

    [Fact]
    public async Task a_milestone_told_again_under_the_same_or_a_new_id_is_not_repeated()
    {
        await using ServiceUnderTest notifications = await Start();
        OrderSubmitted order = Order("alice"), witness = Order("bob");
        var messageId = Guid.NewGuid();

        await notifications.Publish(order, messageId);
        await notifications.Heard<NotificationSent>();
        await notifications.Publish(order, messageId);
        await notifications.Publish(order);
        await notifications.Publish(Captured(order));
        await notifications.Heard<NotificationSent>(2);
        await notifications.Publish(Captured(order));
        await notifications.Publish(witness);
        await notifications.Until(events => events.Any(published => published.Message is NotificationSent sent && sent.OrderId == witness.OrderId));

        Assert.Equal([Milestone.OrderReceived, Milestone.PaymentReceipt], MilestonesOf(notifications, order));
    }

    [Fact]
    public async Task a_receipt_before_its_order_is_held_and_sent_when_the_customer_is_known()
    {
        await using ServiceUnderTest notifications = await Start();
        OrderSubmitted order = Order("alice"), witness = Order("bob");

        await notifications.Publish(Captured(order));
        await notifications.Until<NotificationDbContext>(database => database.Notifications.Any(notification => notification.OrderId == order.OrderId));
        await notifications.Publish(witness);
        await notifications.Heard<NotificationSent>();
        Assert.Equal([], MilestonesOf(notifications, order));

        await notifications.Publish(order);
        await notifications.Heard<NotificationSent>(3);
        Assert.Equal([Milestone.OrderReceived, Milestone.PaymentReceipt], MilestonesOf(notifications, order));
    }

    [Fact]
    public async Task events_are_numbered_per_customer()
    {
        await using ServiceUnderTest notifications = await Start();

        await Sequence(notifications, Order("alice"), Order("bob"), Order("alice"));

        Assert.Equal([("alice", 1L), ("bob", 1L), ("alice", 2L)], notifications.Events.Select(published =>
            (((NotificationSent)published.Message).CustomerId, published.Version!.Value)));
    }

    [Fact]
    public async Task a_customer_sees_what_was_sent_and_nothing_of_others()
    {
        await using ServiceUnderTest notifications = await Start();
        OrderSubmitted order = Order("alice");

        await Sequence(notifications, order, Captured(order), Order("bob"));

        JsonElement[] mine = (await notifications.Http.GetFromJsonAsync<JsonElement[]>("/notifications?customerId=alice"))!;
        Assert.Equal(["PaymentReceipt", "OrderReceived"], mine.Select(notification => notification.GetProperty("milestone").GetString()!));
        Assert.All(mine, notification => Assert.Equal(order.OrderId, notification.GetProperty("orderId").GetGuid()));
        Assert.Contains("12.34 EUR", mine[0].GetProperty("text").GetString());
        Assert.Empty((await notifications.Http.GetFromJsonAsync<JsonElement[]>("/notifications?customerId=nobody"))!);
    }

    [Theory]
    [InlineData("/notifications", "customerId")]
    [InlineData("/notifications?customerId=%20", "customerId")]
    [InlineData("/notifications?customerId=alice&limit=0", "limit")]
    [InlineData("/notifications?customerId=alice&limit=many", "limit")]
    public async Task an_unusable_question_is_refused_with_a_reason(string path, string reason)
    {
        await using ServiceUnderTest notifications = await Start();

        HttpResponseMessage response = await notifications.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/openapi/v1.json")]
    public async Task the_usual_pages_are_there(string path)
    {
        await using ServiceUnderTest notifications = await Start();

        Assert.Equal(HttpStatusCode.OK, (await notifications.Http.GetAsync(path)).StatusCode);
    }

    private static Task<ServiceUnderTest> Start() => ServiceUnderTest.StartAsync(
        (args, transport) => NotificationServiceApp.Build(args, transport),
        static (service, ear) => ear.Handler<NotificationSent>(service.Hear));

    /// <summary>Each after the notification of the one before.</summary>
    private static async Task Sequence(ServiceUnderTest notifications, params object[] events)
    {
        for (int index = 0; index < events.Length; index++)
        {
            await notifications.Publish(events[index]);
            await notifications.Heard<NotificationSent>(index + 1);
        }
    }

    private static IEnumerable<Milestone> MilestonesOf(ServiceUnderTest notifications, OrderSubmitted order) =>
        notifications.Of<NotificationSent>().Where(sent => sent.OrderId == order.OrderId).Select(sent => sent.Milestone);

    private static OrderSubmitted Order(string customer) => new(Guid.NewGuid(), default, customer,
        [new OrderLine("MUG-BLUE", 1, 1234)], 1234, ProductCatalogue.Currency, "tok_ok", "test");

    private static PaymentCaptured Captured(OrderSubmitted order) =>
        new(order.OrderId, default, Guid.NewGuid(), order.TotalMinor, order.Currency, "capture-1");

    private static OrderConfirmed Confirmed(OrderSubmitted order) => new(order.OrderId, default, Guid.NewGuid(), order.TotalMinor, order.Currency);
}
