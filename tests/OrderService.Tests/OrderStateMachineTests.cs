using Contracts;
using OrderService.Tests.Support;

namespace OrderService.Tests;

/// <summary>The table of the order's life, row by row.</summary>
public sealed class OrderStateMachineTests : IAsyncLifetime
{
    private SagaBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await SagaBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task reserved_stock_makes_it_await_payment()
    {
        var order = await _bench.SubmittedOrder();

        await _bench.Reserved(order);

        var awaiting = await _bench.Spy.Hears<OrderAwaitingPayment>();
        var requested = await _bench.Spy.Hears<PaymentRequested>();
        var payBefore = _bench.Now + SagaBench.Options.PaymentWindow;
        Assert.Equal((order, payBefore), (awaiting.OrderId, awaiting.PayBefore));
        Assert.Equal((order, SagaBench.Total, "EUR", "tok_ok", payBefore),
            (requested.OrderId, requested.AmountMinor, requested.Currency, requested.PaymentToken, requested.PayBefore));
        var row = await _bench.Row(order);
        Assert.Equal(("AwaitingPayment", OrderWait.Payment, payBefore), (row.Status, row.WaitingFor, row.Deadline));
    }

    [Fact]
    public async Task short_stock_rejects_it_and_leaves_nothing_to_settle()
    {
        var order = await _bench.SubmittedOrder();

        await _bench.Short(order);

        var rejected = await _bench.Spy.Hears<OrderRejected>();
        Assert.Equal(OrderRejectionReason.OutOfStock, rejected.Reason);
        Assert.Equal([new StockShortage("SKU", 1, 0)], rejected.Shortages);
        var settled = await _bench.Spy.Hears<OrderSettled>();
        Assert.Equal((false, false), (settled.Released, settled.Voided));
        Assert.Null((await _bench.Row(order)).Deadline);
    }

    [Fact]
    public async Task a_submitted_order_is_cancelled()
    {
        var order = await _bench.SubmittedOrder();

        var answer = await _bench.Cancel(order);

        Assert.Equal(new CancelOrderAccepted(order, OrderStatus.Cancelled, _bench.Now, "ada", "changed my mind"), answer);
        Assert.Equal("ada", (await _bench.Spy.Hears<OrderCancelled>()).RequestedBy);
    }

    [Fact]
    public async Task a_submitted_order_expires_when_inventory_does_not_answer()
    {
        var order = await _bench.SubmittedOrder();
        var deadline = _bench.Now + SagaBench.Options.StockAnswer;

        var expired = await _bench.Spy.Hears<OrderExpired>(whileWaiting: () => _bench.Pass(TimeSpan.FromSeconds(1)));

        Assert.Equal((order, OrderWait.Stock, deadline), (expired.OrderId, expired.WaitingFor, expired.Deadline));
        Assert.True(expired.OccurredAt >= deadline, "expired before its time");
    }

    [Fact]
    public async Task an_authorized_payment_is_captured()
    {
        var order = await _bench.AwaitingPayment();

        await _bench.Authorized(order);

        Assert.Equal(SagaBench.Total, (await _bench.Spy.Hears<PaymentCaptureRequested>()).AmountMinor);
        var row = await _bench.Row(order);
        Assert.Equal(("Capturing", null), (row.Status, row.Deadline));
    }

    [Fact]
    public async Task an_authorization_of_another_payment_is_ignored()
    {
        var order = await _bench.AwaitingPayment();

        await _bench.Authorized(order, payment: Guid.NewGuid());

        Assert.Equal(("PaymentAuthorized", "AwaitingPayment"), Of(await _bench.Ignores(order)));
    }

    [Fact]
    public async Task a_declined_payment_rejects_it()
    {
        var order = await _bench.AwaitingPayment();

        await _bench.Declined(order);

        var rejected = await _bench.Spy.Hears<OrderRejected>();
        Assert.Equal((OrderRejectionReason.PaymentDeclined, "card_declined"), (rejected.Reason, rejected.Detail));
        Assert.Equal(Settlement.Settling, (await _bench.Row(order)).Settlement);
        await _bench.Released(order);
        Assert.True((await _bench.Spy.Hears<OrderSettled>()).Released);
    }

    [Fact]
    public async Task an_order_that_awaits_payment_is_cancelled()
    {
        var order = await _bench.AwaitingPayment();

        Assert.IsType<CancelOrderAccepted>(await _bench.Cancel(order));

        await _bench.Spy.Hears<OrderCancelled>();
        Assert.Equal("Cancelled", (await _bench.Row(order)).Status);
    }

    [Fact]
    public async Task an_order_expires_when_its_payment_window_is_over()
    {
        await _bench.AwaitingPayment();
        var deadline = _bench.Now + SagaBench.Options.PaymentWindow;

        var expired = await _bench.Spy.Hears<OrderExpired>(whileWaiting: () => _bench.Pass(TimeSpan.FromSeconds(5)));

        Assert.Equal((OrderWait.Payment, deadline), (expired.WaitingFor, expired.Deadline));
        Assert.True(expired.OccurredAt >= deadline, "expired before its time");
    }

    [Fact]
    public async Task a_timer_of_the_stage_before_is_ignored()
    {
        var order = await _bench.AwaitingPayment();

        await _bench.Deadline(order, OrderWait.Stock);

        Assert.Equal(("Deadline", "AwaitingPayment"), Of(await _bench.Ignores(order)));
    }

    [Fact]
    public async Task a_deferred_payment_changes_nothing()
    {
        var order = await _bench.AwaitingPayment();
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await _bench.Deferred(order);

        var row = await _bench.Becomes(order, o => o.ChangedAt == _bench.Now);
        Assert.Equal(("AwaitingPayment", 0), (row.Status, row.Ignored.Count));
    }

    [Fact]
    public async Task a_captured_payment_confirms_it_and_committed_stock_settles_it()
    {
        var order = await _bench.Capturing();

        await _bench.Captured(order);

        var confirmed = await _bench.Spy.Hears<OrderConfirmed>();
        Assert.Equal((SagaBench.Total, "EUR"), (confirmed.CapturedMinor, confirmed.Currency));
        await _bench.Committed(order);
        var settled = await _bench.Spy.Hears<OrderSettled>();
        Assert.Equal((false, false), (settled.Released, settled.Voided));
        Assert.Equal(Settlement.Settled, (await _bench.Row(order)).Settlement);
    }

    [Fact]
    public async Task a_capture_of_another_amount_does_not_confirm_it()
    {
        var order = await _bench.Capturing();

        await _bench.Captured(order, amount: SagaBench.Total - 1);

        Assert.Equal(("PaymentCaptured", "Capturing"), Of(await _bench.Ignores(order)));
    }

    [Fact]
    public async Task a_refused_capture_rejects_it_and_both_sides_are_undone_before_it_is_settled()
    {
        var order = await _bench.Capturing();

        await _bench.CaptureFailed(order);

        Assert.Equal(OrderRejectionReason.CaptureFailed, (await _bench.Spy.Hears<OrderRejected>()).Reason);
        await _bench.Released(order);
        await _bench.Becomes(order, o => o.Stock == StockSide.Released);
        Assert.Empty(_bench.Spy.Of<OrderSettled>());
        await _bench.Voided(order);
        var settled = await _bench.Spy.Hears<OrderSettled>();
        Assert.Equal((true, true), (settled.Released, settled.Voided));
    }

    [Fact]
    public async Task a_cancel_while_capturing_is_refused_and_said_so()
    {
        var order = await _bench.Capturing();

        Assert.Equal(new CancelOrderRefused(order, OrderStatus.Capturing), await _bench.Cancel(order));

        var refused = await _bench.Spy.Hears<OrderCancellationRefused>();
        Assert.Equal(("ada", OrderStatus.Capturing), (refused.RequestedBy, refused.Status));
        await _bench.Captured(order);
        await _bench.Spy.Hears<OrderConfirmed>();
    }

    [Fact]
    public async Task the_payment_window_does_not_end_a_capture()
    {
        var order = await _bench.Capturing();

        await _bench.Deadline(order, OrderWait.Payment);

        Assert.Equal(("Deadline", "Capturing"), Of(await _bench.Ignores(order)));
        await _bench.Captured(order);
        await _bench.Spy.Hears<OrderConfirmed>();
    }

    [Fact]
    public async Task a_cancelled_order_repeats_its_answer()
    {
        var order = await _bench.SubmittedOrder();
        var first = await _bench.Cancel(order);
        _bench.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(first, await _bench.Cancel(order));
        Assert.Single(_bench.Spy.Of<OrderCancelled>());
    }

    [Fact]
    public async Task a_confirmed_order_cannot_be_cancelled_and_says_nothing_on_the_log()
    {
        var order = await _bench.Confirmed();

        Assert.Equal(new CancelOrderRefused(order, OrderStatus.Confirmed), await _bench.Cancel(order));

        await _bench.Committed(order);
        await _bench.Spy.Hears<OrderSettled>();
        Assert.Empty(_bench.Spy.Of<OrderCancellationRefused>());
    }

    [Fact]
    public async Task stock_that_is_reserved_after_a_cancel_is_recorded_and_waited_for()
    {
        var order = await _bench.Cancelled(bench => bench.SubmittedOrder());

        await _bench.Reserved(order);

        Assert.Equal(("StockReserved", "Cancelled"), Of(await _bench.Ignores(order)));
        Assert.Empty(_bench.Spy.Of<PaymentRequested>());
        await _bench.Released(order);
        var settled = await _bench.Spy.Hears<OrderSettled>();
        Assert.Equal((true, false), (settled.Released, settled.Voided));
    }

    [Fact]
    public async Task stock_that_is_refused_after_a_cancel_settles_it()
    {
        var order = await _bench.Cancelled(bench => bench.SubmittedOrder());

        await _bench.Short(order);

        Assert.False((await _bench.Spy.Hears<OrderSettled>()).Released);
        Assert.Equal("Cancelled", (await _bench.Row(order)).Status);
    }

    [Fact]
    public async Task an_authorization_after_a_cancel_is_recorded_and_not_captured()
    {
        var order = await _bench.Cancelled(bench => bench.AwaitingPayment());

        await _bench.Authorized(order);

        Assert.Equal(("PaymentAuthorized", "Cancelled"), Of(await _bench.Ignores(order)));
        await _bench.Released(order);
        await _bench.Voided(order);
        await _bench.Spy.Hears<OrderSettled>();
        Assert.Empty(_bench.Spy.Of<PaymentCaptureRequested>());
    }

    [Fact]
    public async Task a_decline_after_a_cancel_counts_as_clean()
    {
        var order = await _bench.Cancelled(bench => bench.AwaitingPayment());

        await _bench.Declined(order);
        await _bench.Released(order);

        Assert.False((await _bench.Spy.Hears<OrderSettled>()).Voided);
        Assert.Equal("Cancelled", (await _bench.Row(order)).Status);
    }

    [Fact]
    public async Task a_timer_after_the_end_is_recorded()
    {
        var order = await _bench.Confirmed();

        await _bench.Deadline(order, OrderWait.Payment);

        Assert.Equal(("Deadline", "Confirmed"), Of(await _bench.Ignores(order)));
    }

    [Fact]
    public async Task it_is_settled_once()
    {
        var order = await _bench.Confirmed();
        await _bench.Committed(order);
        await _bench.Spy.Hears<OrderSettled>();

        await _bench.Committed(order);
        await _bench.Deadline(order, OrderWait.Stock);

        await _bench.Ignores(order);
        Assert.Single(_bench.Spy.Of<OrderSettled>());
    }

    [Fact]
    public async Task cancel_and_authorization_at_once_have_one_winner()
    {
        for (var run = 0; run < 20; run++)
        {
            var order = await _bench.AwaitingPayment();

            var authorizing = Task.Run(() => _bench.Authorized(order));
            var answer = await _bench.Cancel(order);
            await authorizing;

            if (answer is CancelOrderAccepted)
            {
                await _bench.Becomes(order, o => o.Status == "Cancelled" && o.Ignored.Count == 1);
                Assert.DoesNotContain(_bench.Spy.Of<PaymentCaptureRequested>(), m => m.OrderId == order);
            }
            else
            {
                await _bench.Spy.Hears<PaymentCaptureRequested>(m => m.OrderId == order);
                Assert.DoesNotContain(_bench.Spy.Of<OrderCancelled>(), m => m.OrderId == order);
            }
        }
    }

    [Fact]
    public async Task its_events_are_numbered_without_gaps_on_each_topic()
    {
        var order = await _bench.Confirmed();
        await _bench.Committed(order);
        await _bench.Spy.Hears<OrderSettled>();

        var versions = _bench.Spy.All.ToDictionary(h => h.Message.GetType().Name, h => h.AggregateVersion);

        // OrderSubmitted has 1; the processor's answers are the test's own.
        Assert.Equal((2, 3, 4), (versions["OrderAwaitingPayment"], versions["OrderConfirmed"], versions["OrderSettled"]));
        Assert.Equal((1, 3), (versions["PaymentRequested"], versions["PaymentCaptureRequested"]));
    }

    private static (string Input, string Status) Of(IgnoredInput ignored) => (ignored.Input, ignored.Status);
}
