using Contracts;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace NotificationService;

/// <summary>
/// Turns events into at most one notification per order and milestone. Runs in the inbox's transaction, which holds the
/// file's write lock: what it read is still so when it writes.
/// </summary>
internal sealed class Milestones(NotificationDbContext database, LogSender sender, IPublishEndpoint events, TimeProvider time)
{
    /// <summary>Learns whose order it is, tells them, and sends what was held until now.</summary>
    public async Task Submitted(OrderSubmitted order)
    {
        if (await database.Orders.FindAsync(order.OrderId) is not null)
            return;

        database.Orders.Add(new KnownOrder { OrderId = order.OrderId, CustomerId = order.CustomerId });
        await Reached(order.OrderId, Milestone.OrderReceived, $"We have your order over {Money.Text(order.TotalMinor, order.Currency)}.");

        List<Notification> held = await database.Notifications
            .Where(notification => notification.OrderId == order.OrderId && notification.SentAt == null)
            .OrderBy(notification => notification.Id).ToListAsync();
        foreach (Notification notification in held)
            await Send(notification, order.CustomerId);
    }

    public async Task Reached(Guid orderId, Milestone milestone, string text)
    {
        if (await database.Notifications.AnyAsync(notification => notification.OrderId == orderId && notification.Milestone == milestone))
            return;

        var reached = new Notification { OrderId = orderId, Milestone = milestone, Text = text };
        database.Notifications.Add(reached);

        if (await database.Orders.FindAsync(orderId) is { } order)
            await Send(reached, order.CustomerId);
    }

    private async Task Send(Notification notification, string customerId)
    {
        notification.CustomerId = customerId;
        notification.SentAt = time.GetUtcNow().UtcDateTime;
        sender.Send(notification);

        Customer customer = await database.Customers.FindAsync(customerId) ??
            database.Customers.Add(new Customer { CustomerId = customerId }).Entity;
        long version = ++customer.Events;

        await events.Publish(
            new NotificationSent(notification.OrderId, time.GetUtcNow(), customerId, notification.Milestone, LogSender.Channel,
                LogSender.Locale, notification.Template, notification.DedupeKey),
            publish =>
            {
                publish.CorrelationId = notification.OrderId;
                publish.Headers.Set(MessageHeaders.AggregateVersion, version);
            });
    }
}
