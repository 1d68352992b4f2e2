using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace OrderService;

/// <summary>
/// Takes an order: its row, the event that announces it and the answer to be replayed are written in one transaction or not at all.
/// Of several requests under one key the first to be written counts; the others find its answer.
/// </summary>
internal sealed class PlaceOrder(OrdersDbContext database, IPublishEndpoint events, TimeProvider time, IOptions<OrderOptions> options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <returns>The answer of the key, or null when the key belongs to another request.</returns>
    public async Task<IdempotencyRecord?> Handle(string idempotencyKey, PlaceOrderRequest request, CancellationToken cancellationToken)
    {
        var fingerprint = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, Json)));
        var record = await Find(idempotencyKey, cancellationToken)
            ?? await Write(idempotencyKey, fingerprint, request, cancellationToken);
        return record.Fingerprint == fingerprint ? record : null;
    }

    private Task<IdempotencyRecord?> Find(string idempotencyKey, CancellationToken cancellationToken) =>
        database.IdempotencyRecords.AsNoTracking().SingleOrDefaultAsync(r => r.Key == idempotencyKey, cancellationToken);

    private async Task<IdempotencyRecord> Write(
        string idempotencyKey, string fingerprint, PlaceOrderRequest request, CancellationToken cancellationToken)
    {
        var order = NewOrder(request);
        var answer = new OrderAccepted(order.CorrelationId, OrderStatus.Submitted, order.TotalMinor, order.Currency);
        var record = new IdempotencyRecord
        {
            Key = idempotencyKey,
            Fingerprint = fingerprint,
            OrderId = order.CorrelationId,
            Answer = JsonSerializer.Serialize(answer, Json),
            CreatedAt = order.CreatedAt
        };
        database.Add(order);
        database.Add(record);
        await events.Publish(
            new OrderSubmitted(
                order.CorrelationId, order.CreatedAt, order.CustomerId, order.Lines, order.TotalMinor, order.Currency, order.PaymentToken, order.Channel),
            publish =>
            {
                publish.Headers.Set(MessageHeaders.AggregateVersion, order.OrdersSequence);
                publish.Headers.Set(MessageHeaders.MessageVersion, "2");
                publish.Headers.Set(MessageHeaders.IdempotencyKey, idempotencyKey);
            },
            cancellationToken);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return record;
        }
        catch (DbUpdateException e) when (IsDuplicate(e))
        {
            database.ChangeTracker.Clear();
            return await Find(idempotencyKey, cancellationToken) ?? throw new InvalidOperationException("a duplicate that is nowhere", e);
        }
    }

    private Order NewOrder(PlaceOrderRequest request)
    {
        var now = time.GetUtcNow();
        List<OrderLine> lines = [.. request.Lines!.Select(line => new OrderLine(line!.Sku!, line.Quantity, ProductCatalogue.Find(line.Sku!)!.UnitPriceMinor))];
        return new Order
        {
            CorrelationId = Guid.CreateVersion7(now),
            CustomerId = request.CustomerId!,
            Lines = lines,
            TotalMinor = lines.Sum(line => line.Quantity * line.UnitPriceMinor),
            Currency = ProductCatalogue.Currency,
            PaymentToken = request.PaymentToken!,
            Channel = request.Channel ?? "web",
            CreatedAt = now,
            ChangedAt = now,
            WaitingFor = OrderWait.Stock,
            Deadline = now + options.Value.StockAnswer,
            OrdersSequence = 1
        };
    }

    private static bool IsDuplicate(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: 1555 or 2067 };
}

public sealed record OrderAccepted(Guid OrderId, OrderStatus Status, long TotalMinor, string Currency);
