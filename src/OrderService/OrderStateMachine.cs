using Contracts;
using MassTransit;
using Microsoft.Extensions.Options;

namespace OrderService;

/// <summary>
/// The life of an order, one line of code for each row of its table. The reactions publish; nothing here reads a clock or a database.
/// A terminal status is never left: what comes after it is either expected clean-up or recorded and ignored.
/// </summary>
public sealed class OrderStateMachine : MassTransitStateMachine<Order>
{
    public OrderStateMachine(TimeProvider time, IOptions<OrderOptions> options)
    {
        var order = new OrderReactions(time, options.Value);

        InstanceState(o => o.Status);
        Event(() => StockReserved, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => StockRejected, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => StockCommitted, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => StockReleased, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => PaymentAuthorized, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => PaymentDeclined, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => PaymentDeferred, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => PaymentCaptured, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => PaymentCaptureFailed, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => PaymentVoided, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => Cancel, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));
        Event(() => Deadline, e => e.CorrelateById(m => m.Message.OrderId).OnMissingInstance(m => m.Fault()));

        During(Submitted,
            When(StockReserved).ThenAsync(order.AwaitPayment).TransitionTo(AwaitingPayment),
            When(StockRejected).ThenAsync(order.RejectOutOfStock).TransitionTo(Rejected).ThenAsync(order.SettleIfClean),
            When(Cancel).ThenAsync(order.Cancel).TransitionTo(Cancelled).ThenAsync(order.SettleIfClean),
            When(Deadline, order.IsWaitingForIt).ThenAsync(order.Expire).TransitionTo(Expired).ThenAsync(order.SettleIfClean),
            When(Deadline, order.IsNotWaitingForIt).Then(order.Ignore));

        During(AwaitingPayment,
            When(PaymentAuthorized, order.IsItsPayment).ThenAsync(order.RequestCapture).TransitionTo(Capturing),
            When(PaymentAuthorized, order.IsNotItsPayment).Then(order.Ignore),
            When(PaymentDeclined).ThenAsync(order.RejectDeclined).TransitionTo(Rejected).ThenAsync(order.SettleIfClean),
            When(PaymentDeferred).Then(order.Note),
            When(Cancel).ThenAsync(order.Cancel).TransitionTo(Cancelled).ThenAsync(order.SettleIfClean),
            When(Deadline, order.IsWaitingForIt).ThenAsync(order.Expire).TransitionTo(Expired).ThenAsync(order.SettleIfClean),
            When(Deadline, order.IsNotWaitingForIt).Then(order.Ignore));

        During(Capturing,
            When(PaymentCaptured, order.IsWholeAmount).ThenAsync(order.Confirm).TransitionTo(Confirmed).ThenAsync(order.SettleIfClean),
            When(PaymentCaptured, order.IsNotWholeAmount).Then(order.Ignore),
            When(PaymentCaptureFailed).ThenAsync(order.RejectCaptureFailed).TransitionTo(Rejected).ThenAsync(order.SettleIfClean),
            When(PaymentDeferred).Then(order.Note),
            When(Cancel).ThenAsync(order.RefuseCancellation));

        During(Cancelled,
            When(Cancel).ThenAsync(order.RepeatCancellation));
        During([Confirmed, Rejected, Expired],
            When(Cancel).ThenAsync(order.AnswerTooLate));

        During([Confirmed, Rejected, Cancelled, Expired],
            When(StockReserved).Then(order.NoteLateReservation).Then(order.Ignore),
            When(StockRejected).Then(order.NoteRejectedStock).ThenAsync(order.SettleIfClean),
            When(StockCommitted).Then(order.NoteCommittedStock).ThenAsync(order.SettleIfClean),
            When(StockReleased).Then(order.NoteReleasedStock).ThenAsync(order.SettleIfClean),
            When(PaymentDeclined).Then(order.NoteDeclinedPayment).ThenAsync(order.SettleIfClean),
            When(PaymentVoided).Then(order.NoteVoidedPayment).ThenAsync(order.SettleIfClean));

        // Everything the rows above do not name: late successes, timers that were overtaken, second copies under a new id.
        OnUnhandledEvent(order.Ignore);
    }

    public State Submitted { get; private set; } = null!;
    public State AwaitingPayment { get; private set; } = null!;
    public State Capturing { get; private set; } = null!;
    public State Confirmed { get; private set; } = null!;
    public State Rejected { get; private set; } = null!;
    public State Cancelled { get; private set; } = null!;
    public State Expired { get; private set; } = null!;

    public Event<StockReserved> StockReserved { get; private set; } = null!;
    public Event<StockRejected> StockRejected { get; private set; } = null!;
    public Event<StockCommitted> StockCommitted { get; private set; } = null!;
    public Event<StockReleased> StockReleased { get; private set; } = null!;
    public Event<PaymentAuthorized> PaymentAuthorized { get; private set; } = null!;
    public Event<PaymentDeclined> PaymentDeclined { get; private set; } = null!;
    public Event<PaymentDeferred> PaymentDeferred { get; private set; } = null!;
    public Event<PaymentCaptured> PaymentCaptured { get; private set; } = null!;
    public Event<PaymentCaptureFailed> PaymentCaptureFailed { get; private set; } = null!;
    public Event<PaymentVoided> PaymentVoided { get; private set; } = null!;
    public Event<CancelOrder> Cancel { get; private set; } = null!;
    public Event<DeadlineReached> Deadline { get; private set; } = null!;
}
