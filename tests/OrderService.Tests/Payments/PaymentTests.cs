using Contracts;
using OrderService.Payments;

namespace OrderService.Tests.Payments;

/// <summary>The payment of one order, input by input: what it leads to, and what the gateway is called for.</summary>
public sealed class PaymentTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid OrderId = Guid.NewGuid();
    private static readonly Guid PaymentId = Guid.NewGuid();

    private readonly Payment _payment = Payment.For(OrderId);

    [Fact]
    public void a_request_calls_for_an_authorization_and_an_approval_ends_it()
    {
        Request();
        Assert.Equal(GatewayOperation.Authorize, _payment.TryStartCall(Now));

        var authorized = Assert.IsType<PaymentAuthorized>(Assert.Single(Answer(GatewayOperation.Authorize, GatewayVerdict.Approved)));

        Assert.Equal((PaymentId, "REF", 2, 30), (authorized.PaymentId, authorized.AuthorizationCode, authorized.Attempts, authorized.GatewayMs));
        Assert.Equal((PaymentState.Authorized, null), (_payment.State, _payment.CallAt));
    }

    [Fact]
    public void a_second_request_changes_nothing()
    {
        Request();
        _payment.TryStartCall(Now);

        Request();

        Assert.Equal(PaymentState.Authorizing, _payment.State);
    }

    [Fact]
    public void a_refusal_is_a_decline_and_calls_for_nothing()
    {
        Authorizing();

        var declined = Assert.IsType<PaymentDeclined>(Assert.Single(Answer(GatewayOperation.Authorize, GatewayVerdict.Refused)));

        Assert.Equal("CODE", declined.Code);
        Assert.Equal((PaymentState.Declined, null), (_payment.State, _payment.CallAt));
    }

    [Fact]
    public void a_capture_is_made_once_it_is_asked_for()
    {
        Authorized();
        _payment.RequestCapture(3, Now);
        Assert.Equal(GatewayOperation.Capture, _payment.TryStartCall(Now));

        var captured = Assert.IsType<PaymentCaptured>(Assert.Single(Answer(GatewayOperation.Capture, GatewayVerdict.Approved)));

        Assert.Equal((4200, "EUR", "REF"), (captured.AmountMinor, captured.Currency, captured.CaptureId));
        Assert.Null(_payment.CallAt);
    }

    [Fact]
    public void a_call_under_way_is_not_started_again_before_its_lease_is_over()
    {
        Authorizing();

        Assert.Null(_payment.TryStartCall(Now + Payment.CallLease - TimeSpan.FromTicks(1)));
        Assert.Equal(GatewayOperation.Authorize, _payment.TryStartCall(Now + Payment.CallLease));
    }

    [Fact]
    public void a_call_that_is_broken_off_is_made_again_at_once_and_with_care()
    {
        Authorizing();

        _payment.BreakOffCall(Now);

        Assert.Equal(GatewayOperation.Authorize, _payment.TryStartCall(Now));
        Assert.True(_payment.MayBeDone);
    }

    [Fact]
    public void a_deferred_call_is_made_again_at_its_time()
    {
        Authorizing();

        var deferred = Assert.IsType<PaymentDeferred>(Assert.Single(Answer(GatewayOperation.Authorize, GatewayVerdict.Deferred)));

        Assert.Equal((PaymentDeferral.CircuitOpen, Now.AddSeconds(5)), (deferred.Reason, deferred.RetryAt));
        Assert.Null(_payment.TryStartCall(Now.AddSeconds(4)));
        Assert.Equal(GatewayOperation.Authorize, _payment.TryStartCall(Now.AddSeconds(5)));
        Assert.Equal((2, true), (_payment.Attempts, _payment.MayBeDone));
    }

    [Fact]
    public void a_call_that_was_never_let_through_cannot_have_been_done()
    {
        Authorizing();

        Answer(GatewayOperation.Authorize, GatewayVerdict.Deferred, attempts: 0);

        Assert.False(_payment.MayBeDone);
    }

    [Fact]
    public void an_order_that_ends_before_the_call_is_voided_without_one()
    {
        Request();

        var voided = Assert.IsType<PaymentVoided>(Assert.Single(_payment.Close(UndoCause.OrderCancelled, Now)));

        Assert.Equal(UndoCause.OrderCancelled, voided.Because);
        Assert.Null(_payment.TryStartCall(Now));
    }

    [Fact]
    public void an_order_that_ends_before_the_request_is_seen_makes_the_request_end_in_a_void()
    {
        Assert.Empty(_payment.Close(UndoCause.OrderExpired, Now));
        Assert.Null(_payment.TryStartCall(Now));

        Assert.IsType<PaymentVoided>(Assert.Single(Request()));
        Assert.Null(_payment.TryStartCall(Now));
    }

    [Fact]
    public void an_authorization_that_comes_after_the_cancel_is_voided_at_once()
    {
        Authorizing();
        Assert.Empty(_payment.Close(UndoCause.OrderCancelled, Now));
        Assert.Equal((PaymentState.Authorizing, UndoCause.OrderCancelled), (_payment.State, _payment.Closing));

        Assert.IsType<PaymentAuthorized>(Assert.Single(Answer(GatewayOperation.Authorize, GatewayVerdict.Approved)));
        Assert.Equal(GatewayOperation.Void, _payment.TryStartCall(Now));
        Assert.IsType<PaymentVoided>(Assert.Single(Answer(GatewayOperation.Void, GatewayVerdict.Approved)));

        Assert.Equal((PaymentState.Voided, null), (_payment.State, _payment.CallAt));
    }

    [Fact]
    public void a_cancel_that_comes_after_the_authorization_voids_it()
    {
        Authorized();

        Assert.Empty(_payment.Close(UndoCause.OrderCancelled, Now));

        Assert.Equal(GatewayOperation.Void, _payment.TryStartCall(Now));
        Assert.IsType<PaymentVoided>(Assert.Single(Answer(GatewayOperation.Void, GatewayVerdict.Approved)));
    }

    [Fact]
    public void a_decline_that_comes_after_the_cancel_leaves_nothing_to_void()
    {
        Authorizing();
        _payment.Close(UndoCause.OrderCancelled, Now);

        Assert.IsType<PaymentDeclined>(Assert.Single(Answer(GatewayOperation.Authorize, GatewayVerdict.Refused)));

        Assert.Null(_payment.TryStartCall(Now));
    }

    [Fact]
    public void a_call_without_answer_on_an_ended_order_is_closed_by_a_void()
    {
        Authorizing();
        _payment.Close(UndoCause.OrderExpired, Now);

        Answer(GatewayOperation.Authorize, GatewayVerdict.Deferred);

        Assert.Equal(GatewayOperation.Void, _payment.TryStartCall(Now));
    }

    [Fact]
    public void an_order_that_ends_while_its_call_is_put_off_is_voided_at_once()
    {
        Authorizing();
        Answer(GatewayOperation.Authorize, GatewayVerdict.Deferred);

        _payment.Close(UndoCause.OrderExpired, Now);

        Assert.Equal(GatewayOperation.Void, _payment.TryStartCall(Now));
    }

    [Fact]
    public void a_refused_capture_is_said_and_voided_when_its_order_has_ended()
    {
        Authorized();
        _payment.RequestCapture(3, Now);
        _payment.TryStartCall(Now);

        Assert.IsType<PaymentCaptureFailed>(Assert.Single(Answer(GatewayOperation.Capture, GatewayVerdict.Refused)));
        _payment.Close(UndoCause.OrderRejected, Now);

        Assert.Equal(GatewayOperation.Void, _payment.TryStartCall(Now));
    }

    [Fact]
    public void a_refused_void_stays_visible_and_calls_for_nothing()
    {
        Authorized();
        _payment.Close(UndoCause.OrderCancelled, Now);
        _payment.TryStartCall(Now);

        Assert.Empty(Answer(GatewayOperation.Void, GatewayVerdict.Refused));

        Assert.Equal((PaymentState.VoidRefused, null), (_payment.State, _payment.CallAt));
    }

    [Fact]
    public void an_answer_to_an_operation_that_is_over_changes_nothing()
    {
        Authorized();

        Assert.Empty(Answer(GatewayOperation.Authorize, GatewayVerdict.Refused));

        Assert.Equal(PaymentState.Authorized, _payment.State);
    }

    [Fact]
    public void a_capture_on_an_ended_order_is_not_made()
    {
        Authorized();
        _payment.Close(UndoCause.OrderCancelled, Now);

        _payment.RequestCapture(3, Now);

        Assert.Equal(GatewayOperation.Void, _payment.TryStartCall(Now));
    }

    private IEnumerable<object> Request() =>
        _payment.Request(new PaymentRequested(OrderId, Now, PaymentId, 4200, "EUR", "tok_ok", Now.AddMinutes(5)), 1, null, Now);

    private void Authorizing()
    {
        Request();
        _payment.TryStartCall(Now);
    }

    private void Authorized()
    {
        Authorizing();
        Answer(GatewayOperation.Authorize, GatewayVerdict.Approved);
    }

    private IEnumerable<object> Answer(GatewayOperation operation, GatewayVerdict verdict, int attempts = 2) =>
        _payment.Answer(
            new GatewayAnswered(
                OrderId, PaymentId, operation, verdict, "REF", "CODE", PaymentDeferral.CircuitOpen, Now.AddSeconds(5), attempts, GatewayMs: 30),
            Now);
}
