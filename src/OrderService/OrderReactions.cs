using Contracts;
using MassTransit;

namespace OrderService;

/// <summary>What an order does on each input: it changes its row and publishes what follows. Stateless; the row is the state.</summary>
internal sealed class OrderReactions(TimeProvider time, OrderOptions options)
{
    public bool IsItsPayment(BehaviorContext<Order, PaymentAuthorized> context) => context.Message.PaymentId == context.Saga.PaymentId;

    public bool IsNotItsPayment(BehaviorContext<Order, PaymentAuthorized> context) => !IsItsPayment(context);

    public bool IsWholeAmount(BehaviorContext<Order, PaymentCaptured> context) =>
        context.Message.AmountMinor == context.Saga.TotalMinor && context.Message.Currency == context.Saga.Currency;

    public bool IsNotWholeAmount(BehaviorContext<Order, PaymentCaptured> context) => !IsWholeAmount(context);

    public bool IsWaitingForIt(BehaviorContext<Order, DeadlineReached> context) => context.Message.WaitingFor == context.Saga.WaitingFor;

    public bool IsNotWaitingForIt(BehaviorContext<Order, DeadlineReached> context) => !IsWaitingForIt(context);

    public async Task AwaitPayment(BehaviorContext<Order, StockReserved> context)
    {
        var order = context.Saga;
        var now = Touch(order);
        var payBefore = now + options.PaymentWindow;
        order.Stock = StockSide.Reserved;
        order.ReservationId = context.Message.ReservationId;
        order.Payment = PaymentSide.Requested;
        order.PaymentId = Guid.CreateVersion7(now);
        order.WaitingFor = OrderWait.Payment;
        order.Deadline = payBefore;

        await context.PublishToOrders(new OrderAwaitingPayment(order.CorrelationId, now, context.Message.ReservationId, payBefore));
        await context.PublishToPayments(new PaymentRequested(
            order.CorrelationId, now, order.PaymentId.Value, order.TotalMinor, order.Currency, order.PaymentToken, payBefore));
    }

    public Task RejectOutOfStock(BehaviorContext<Order, StockRejected> context)
    {
        context.Saga.Stock = StockSide.Rejected;
        context.Saga.Shortages = context.Message.Shortages;
        var detail = string.Join("; ", context.Message.Shortages.Select(s => $"{s.Sku}: wanted {s.Wanted}, available {s.Available}"));
        return Reject(context, OrderRejectionReason.OutOfStock, detail, context.Message.Shortages);
    }

    public Task RejectDeclined(BehaviorContext<Order, PaymentDeclined> context)
    {
        context.Saga.Payment = PaymentSide.Declined;
        return Reject(context, OrderRejectionReason.PaymentDeclined, context.Message.Code, shortages: null);
    }

    public Task RejectCaptureFailed(BehaviorContext<Order, PaymentCaptureFailed> context)
    {
        context.Saga.Payment = PaymentSide.CaptureFailed;
        return Reject(context, OrderRejectionReason.CaptureFailed, context.Message.Code, shortages: null);
    }

    public Task RequestCapture(BehaviorContext<Order, PaymentAuthorized> context)
    {
        var order = context.Saga;
        var now = Touch(order);
        order.Payment = PaymentSide.Authorized;
        order.PaymentsSequence = context.Headers.Get<long>(MessageHeaders.AggregateVersion) ?? order.PaymentsSequence;
        StopWaiting(order);
        return context.PublishToPayments(new PaymentCaptureRequested(order.CorrelationId, now, context.Message.PaymentId, order.TotalMinor));
    }

    public Task Confirm(BehaviorContext<Order, PaymentCaptured> context)
    {
        var order = context.Saga;
        order.Payment = PaymentSide.Captured;
        var now = End(order, reason: null, detail: null);
        return context.PublishToOrders(new OrderConfirmed(
            order.CorrelationId, now, context.Message.PaymentId, context.Message.AmountMinor, context.Message.Currency));
    }

    public Task Expire(BehaviorContext<Order, DeadlineReached> context)
    {
        var order = context.Saga;
        var (waitingFor, deadline) = (context.Message.WaitingFor, context.Message.Deadline);
        var now = End(order, waitingFor.ToString(), $"no answer before {deadline:O}");
        return context.PublishToOrders(new OrderExpired(order.CorrelationId, now, waitingFor, deadline));
    }

    public async Task Cancel(BehaviorContext<Order, CancelOrder> context)
    {
        var order = context.Saga;
        order.CancelledBy = context.Message.RequestedBy;
        var now = End(order, context.Message.Reason, detail: null);
        await context.PublishToOrders(new OrderCancelled(order.CorrelationId, now, context.Message.RequestedBy, context.Message.Reason));
        await RepeatCancellation(context);
    }

    public Task RepeatCancellation(BehaviorContext<Order, CancelOrder> context) =>
        context.RespondAsync(new CancelOrderAccepted(
            context.Saga.CorrelationId, OrderStatus.Cancelled, context.Saga.EndedAt!.Value, context.Saga.CancelledBy!, context.Saga.EndReason!));

    public async Task RefuseCancellation(BehaviorContext<Order, CancelOrder> context)
    {
        var order = context.Saga;
        var now = Touch(order);
        await context.PublishToOrders(new OrderCancellationRefused(
            order.CorrelationId, now, context.Message.RequestedBy, Enum.Parse<OrderStatus>(order.Status)));
        await AnswerTooLate(context);
    }

    public Task AnswerTooLate(BehaviorContext<Order, CancelOrder> context) =>
        context.RespondAsync(new CancelOrderRefused(context.Saga.CorrelationId, Enum.Parse<OrderStatus>(context.Saga.Status)));

    public void Note(BehaviorContext<Order, PaymentDeferred> context) => Touch(context.Saga);

    public void NoteLateReservation(BehaviorContext<Order, StockReserved> context)
    {
        context.Saga.ReservationId = context.Message.ReservationId;
        if (context.Saga.Stock == StockSide.Unanswered)
        {
            context.Saga.Stock = StockSide.Reserved;
        }
    }

    public void NoteRejectedStock(BehaviorContext<Order, StockRejected> context) => context.Saga.Stock = StockSide.Rejected;

    public void NoteCommittedStock(BehaviorContext<Order, StockCommitted> context) => context.Saga.Stock = StockSide.Committed;

    public void NoteReleasedStock(BehaviorContext<Order, StockReleased> context) => context.Saga.Stock = StockSide.Released;

    public void NoteDeclinedPayment(BehaviorContext<Order, PaymentDeclined> context) => context.Saga.Payment = PaymentSide.Declined;

    public void NoteVoidedPayment(BehaviorContext<Order, PaymentVoided> context) => context.Saga.Payment = PaymentSide.Voided;

    /// <summary>Declares the order settled once nothing is left to clean up; called after each step that may have been the last one.</summary>
    public async Task SettleIfClean(BehaviorContext<Order> context)
    {
        var order = context.Saga;
        if (order.Settlement != Settlement.Settling || !IsClean(order))
        {
            return;
        }

        order.Settlement = Settlement.Settled;
        await context.PublishToOrders(new OrderSettled(
            order.CorrelationId, Touch(order), Released: order.Stock == StockSide.Released, Voided: order.Payment == PaymentSide.Voided));
    }

    public void Ignore<T>(BehaviorContext<Order, T> context)
        where T : class => Ignore(context, context.Event.Name);

    public Task Ignore(UnhandledEventContext<Order> context)
    {
        Ignore(context, context.Event.Name);
        return Task.CompletedTask;
    }

    private void Ignore(BehaviorContext<Order> context, string input)
    {
        var order = context.Saga;
        order.Ignored = [.. order.Ignored, new IgnoredInput(input, order.Status, Touch(order))];
    }

    private static bool IsClean(Order order) =>
        order.Stock is StockSide.Rejected or StockSide.Committed or StockSide.Released
        && order.Payment is PaymentSide.NotRequested or PaymentSide.Captured or PaymentSide.Declined or PaymentSide.Voided;

    private Task Reject(BehaviorContext<Order> context, OrderRejectionReason reason, string detail, IReadOnlyList<StockShortage>? shortages)
    {
        var now = End(context.Saga, reason.ToString(), detail);
        return context.PublishToOrders(new OrderRejected(context.Saga.CorrelationId, now, reason, detail, shortages));
    }

    private DateTimeOffset End(Order order, string? reason, string? detail)
    {
        var now = Touch(order);
        order.EndedAt = now;
        order.EndReason = reason;
        order.EndDetail = detail;
        order.Settlement = Settlement.Settling;
        StopWaiting(order);
        return now;
    }

    private static void StopWaiting(Order order)
    {
        order.WaitingFor = null;
        order.Deadline = null;
    }

    private DateTimeOffset Touch(Order order) => order.ChangedAt = time.GetUtcNow();
}
