using System.Net;
using System.Net.Http.Json;
using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrderService.Tests.Support;
using PaymentGateway;

namespace OrderService.Tests.Payments;

/// <summary>Orders paid at the real gateway over HTTP; one clock for both sides, moved while a test waits.</summary>
public sealed class PaymentFlowTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private WebApplication _gateway = null!;
    private HttpClient _gatewayHttp = null!;
    private Shop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = PaymentGatewayApp.Build(
            ["--urls", "http://127.0.0.1:0", $"--{PaymentGatewayApp.JournalKey}", Path.Combine(_folder, "ledger.jsonl")],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_clock));
            });
        await _gateway.StartAsync();
        _gatewayHttp = new HttpClient { BaseAddress = new Uri(_gateway.Urls.Single()) };
        _shop = await Shop.StartAsync(_gateway.Urls.Single(), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        _gatewayHttp.Dispose();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task a_good_token_is_authorized_captured_and_confirmed()
    {
        var order = await Reserved("tok_ok");

        var confirmed = await Hears<OrderConfirmed>();

        Assert.Equal((order, Shop.AnOrdersTotal), (confirmed.OrderId, confirmed.CapturedMinor));
        Assert.Equal(["Authorization Approved", "Capture Approved"], await Ledger());
        Assert.Equal([1, 2, 3, 4], PaymentVersions());
    }

    [Fact]
    public async Task a_declined_token_is_asked_once_and_rejects_the_order()
    {
        await Reserved("tok_declined");

        Assert.Equal(OrderRejectionReason.PaymentDeclined, (await Hears<OrderRejected>()).Reason);

        Assert.Equal(1, (await Hears<PaymentDeclined>()).Attempts);
        Assert.Equal(["Authorization Refused"], await Ledger());
    }

    [Fact]
    public async Task two_errors_and_a_success_make_one_capture()
    {
        await Reserved("tok_flaky_2");

        await Hears<OrderConfirmed>();

        Assert.True((await Hears<PaymentAuthorized>()).Attempts >= 3, "the errors were not counted");
        Assert.Equal(["Authorization Approved", "Capture Approved"], await Ledger());
    }

    [Fact]
    public async Task a_lost_reply_makes_one_capture()
    {
        await Reserved("tok_lost_reply");

        await Hears<OrderConfirmed>();

        Assert.Equal(["Authorization Approved", "Capture Approved"], await Ledger());
    }

    [Fact]
    public async Task a_gateway_that_never_gets_its_replies_through_is_queried()
    {
        using var behaviour = await _gatewayHttp.PutAsJsonAsync("/behaviour", new Behaviour(LostReplyRate: 1));
        behaviour.EnsureSuccessStatusCode();
        await Reserved("tok_ok");

        await Hears<OrderConfirmed>();

        Assert.Equal(["Authorization Approved", "Capture Approved"], await Ledger());
    }

    [Fact]
    public async Task a_slow_gateway_is_unknown_and_reconciled()
    {
        await Reserved("tok_slow_5s");

        await Hears<OrderConfirmed>();

        Assert.Equal(["Authorization Approved", "Capture Approved"], await Ledger());
    }

    [Fact]
    public async Task a_refused_capture_rejects_the_order_and_voids_the_authorization()
    {
        await Reserved("tok_capture_fails");

        Assert.Equal(OrderRejectionReason.CaptureFailed, (await Hears<OrderRejected>()).Reason);

        Assert.Equal(UndoCause.OrderRejected, (await Hears<PaymentVoided>()).Because);
        Assert.Equal(["Authorization Approved", "Capture Refused", "Void Approved"], await Ledger());
    }

    [Fact]
    public async Task an_order_that_is_cancelled_while_its_payment_hangs_is_voided()
    {
        var order = await Reserved("tok_never");
        await _shop.Spy.Hears<PaymentRequested>();

        using var answer = await _shop.Cancel(order);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(UndoCause.OrderCancelled, (await Hears<PaymentVoided>()).Because);
        Assert.DoesNotContain("Capture Approved", await Ledger());
        Assert.Empty((await LedgerView()).OpenAuthorizations);
    }

    [Fact]
    public async Task a_payment_that_is_never_answered_expires_and_is_voided()
    {
        await Reserved("tok_never");

        Assert.Equal(OrderWait.Payment, (await Hears<OrderExpired>()).WaitingFor);

        Assert.Equal(UndoCause.OrderExpired, (await Hears<PaymentVoided>()).Because);
        Assert.Contains(_shop.Spy.Of<PaymentDeferred>(), deferred => deferred.Reason == PaymentDeferral.Unknown);
        Assert.Empty((await LedgerView()).OpenAuthorizations);
    }

    [Fact]
    public async Task an_outage_defers_payments_and_its_end_confirms_them()
    {
        using var outage = await _gatewayHttp.PutAsJsonAsync("/behaviour", new Behaviour(Outage: true));
        outage.EnsureSuccessStatusCode();
        var orders = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            orders.Add(await Reserved("tok_ok"));
        }

        await Hears<PaymentDeferred>(deferred => deferred.Reason == PaymentDeferral.CircuitOpen);
        using var end = await _gatewayHttp.PutAsJsonAsync("/behaviour", new Behaviour());
        end.EnsureSuccessStatusCode();

        foreach (var order in orders)
        {
            await Hears<OrderConfirmed>(confirmed => confirmed.OrderId == order);
        }

        Assert.Equal(orders.Count, (await Ledger()).Count(entry => entry == "Capture Approved"));
    }

    private async Task<Guid> Reserved(string token)
    {
        var order = await _shop.Place(token);
        await _shop.Reserve(order);
        return order;
    }

    private Task<T> Hears<T>(Func<T, bool>? condition = null) =>
        _shop.Spy.Hears(condition, whileWaiting: async () =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await LedgerView();
        });

    private async Task<LedgerView> LedgerView() => (await _gatewayHttp.GetFromJsonAsync<LedgerView>("/ledger", Shop.Json))!;

    private async Task<List<string>> Ledger() =>
        [.. (await LedgerView()).Entries.Select(e => $"{e.Answer.Operation} {e.Answer.Outcome}")];

    private IEnumerable<long?> PaymentVersions() =>
        _shop.Spy.All.Where(h => h.Message.GetType().Name.StartsWith("Payment", StringComparison.Ordinal)).Select(h => h.AggregateVersion);
}
