using Contracts;

namespace OrderService.Payments;

/// <summary>
/// What the payment processor knows of one order's payment. Each method is one input: it changes the row and returns the events that
/// follow; an input that no longer applies changes nothing and returns none. The caller saves both in one transaction.
/// </summary>
public sealed class Payment
{
    /// <summary>
    /// A call that is not back by then is taken to have died with its process. One that is merely slow is then made twice at once, which its
    /// idempotency key allows.
    /// </summary>
    public static readonly TimeSpan CallLease = TimeSpan.FromSeconds(15);

    public Guid OrderId { get; private set; }

    public long Version { get; private set; }

    public PaymentState State { get; private set; }

    /// <summary>Null for an order that ended before its payment was asked for, as are amount, currency and token.</summary>
    public Guid? PaymentId { get; private set; }

    public long AmountMinor { get; private set; }

    public string? Currency { get; private set; }

    public string? Token { get; private set; }

    /// <summary>Set once the order has ended: whatever is or becomes authorized is to be voided.</summary>
    public UndoCause? Closing { get; private set; }

    /// <summary>When the gateway is to be called; null when there is nothing to call it for.</summary>
    public DateTimeOffset? CallAt { get; private set; }

    /// <summary>A call is under way, and <see cref="CallAt"/> is when it is given up for lost.</summary>
    public bool InFlight { get; private set; }

    /// <summary>An earlier call of the operation may have reached the gateway: it is asked what it did before it is asked to do it.</summary>
    public bool MayBeDone { get; private set; }

    public string? AuthorizationCode { get; private set; }

    public int Attempts { get; private set; }

    public long GatewayMs { get; private set; }

    /// <summary>Aggregate version of the last event of this order on the topic payments, whoever wrote it.</summary>
    public long Sequence { get; private set; }

    /// <summary>The trace that asked for the payment, continued by calls that are made later.</summary>
    public string? TraceParent { get; private set; }

    public static Payment For(Guid orderId) => new() { OrderId = orderId, State = PaymentState.Closed };

    public long NextSequence() => ++Sequence;

    public IEnumerable<object> Request(PaymentRequested request, long sequence, string? traceParent, DateTimeOffset now)
    {
        if (PaymentId is not null)
        {
            return [];
        }

        PaymentId = request.PaymentId;
        AmountMinor = request.AmountMinor;
        Currency = request.Currency;
        Token = request.PaymentToken;
        Sequence = sequence;
        TraceParent = traceParent;
        if (Closing is { } cause)
        {
            return Voided(cause, now);
        }

        State = PaymentState.Requested;
        CallAt = now;
        return [];
    }

    public void RequestCapture(long sequence, DateTimeOffset now)
    {
        if (State == PaymentState.Authorized)
        {
            Sequence = sequence;
            Call(PaymentState.Capturing, now);
        }
    }

    /// <summary>The order has ended without being confirmed.</summary>
    public IEnumerable<object> Close(UndoCause cause, DateTimeOffset now)
    {
        if (Closing is not null)
        {
            return [];
        }

        Closing = cause;
        switch (State)
        {
            case PaymentState.Requested:
                return Voided(cause, now);
            case PaymentState.Authorizing when !InFlight:
            case PaymentState.Authorized:
            case PaymentState.CaptureFailed:
                Call(PaymentState.Voiding, now);
                break;
        }

        return [];
    }

    /// <summary>Takes the payment for one call, until <see cref="CallLease"/> has passed.</summary>
    /// <returns>What to ask of the gateway, or null when there is nothing to ask at this time.</returns>
    public GatewayOperation? TryStartCall(DateTimeOffset now)
    {
        if (CallAt is null || CallAt > now)
        {
            return null;
        }

        if (State == PaymentState.Requested)
        {
            State = PaymentState.Authorizing;
        }

        MayBeDone |= InFlight;
        InFlight = true;
        CallAt = now + CallLease;
        return Operation;
    }

    /// <summary>The process ends before the call came back: the next one need not wait for the lease.</summary>
    public void BreakOffCall(DateTimeOffset now)
    {
        if (InFlight)
        {
            MayBeDone = true;
            InFlight = false;
            CallAt = now;
        }
    }

    public IEnumerable<object> Answer(GatewayAnswered answer, DateTimeOffset now)
    {
        // A second answer to a call that was given up for lost: its operation is over, or its own call will answer.
        if (answer.Operation != Operation || !InFlight)
        {
            return [];
        }

        InFlight = false;
        Attempts += answer.Attempts;
        GatewayMs += answer.GatewayMs;
        return answer.Verdict switch
        {
            GatewayVerdict.Deferred => Deferred(answer, now),
            GatewayVerdict.Approved => Approved(answer, now),
            _ => Refused(answer, now)
        };
    }

    private GatewayOperation? Operation => State switch
    {
        PaymentState.Authorizing => GatewayOperation.Authorize,
        PaymentState.Capturing => GatewayOperation.Capture,
        PaymentState.Voiding => GatewayOperation.Void,
        _ => null
    };

    private IEnumerable<object> Deferred(GatewayAnswered answer, DateTimeOffset now)
    {
        CallAt = answer.RetryAt;
        MayBeDone |= answer.Attempts > 0;
        if (State == PaymentState.Authorizing && Closing is not null)
        {
            Call(PaymentState.Voiding, now);
        }

        return [new PaymentDeferred(OrderId, now, PaymentId!.Value, answer.Deferral!.Value, answer.RetryAt!.Value)];
    }

    private IEnumerable<object> Approved(GatewayAnswered answer, DateTimeOffset now)
    {
        switch (answer.Operation)
        {
            case GatewayOperation.Authorize:
                AuthorizationCode = answer.Reference;
                Rest(PaymentState.Authorized);
                VoidIfClosing(now);
                return [new PaymentAuthorized(OrderId, now, PaymentId!.Value, answer.Reference!, Attempts, GatewayMs)];
            case GatewayOperation.Capture:
                Rest(PaymentState.Captured);
                return [new PaymentCaptured(OrderId, now, PaymentId!.Value, AmountMinor, Currency!, answer.Reference!)];
            default:
                return Voided(Closing!.Value, now);
        }
    }

    private IEnumerable<object> Refused(GatewayAnswered answer, DateTimeOffset now)
    {
        switch (answer.Operation)
        {
            case GatewayOperation.Authorize:
                Rest(PaymentState.Declined);
                return [new PaymentDeclined(OrderId, now, PaymentId!.Value, answer.Code!, Attempts)];
            case GatewayOperation.Capture:
                Rest(PaymentState.CaptureFailed);
                VoidIfClosing(now);
                return [new PaymentCaptureFailed(OrderId, now, PaymentId!.Value, answer.Code!)];
            default:
                Rest(PaymentState.VoidRefused);
                return [];
        }
    }

    private IEnumerable<object> Voided(UndoCause cause, DateTimeOffset now)
    {
        Rest(PaymentState.Voided);
        return [new PaymentVoided(OrderId, now, PaymentId!.Value, cause)];
    }

    private void VoidIfClosing(DateTimeOffset now)
    {
        if (Closing is not null)
        {
            Call(PaymentState.Voiding, now);
        }
    }

    private void Call(PaymentState state, DateTimeOffset at)
    {
        State = state;
        CallAt = at;
        InFlight = false;
        MayBeDone = false;
    }

    private void Rest(PaymentState state)
    {
        State = state;
        CallAt = null;
        InFlight = false;
    }
}
