namespace PaymentGateway.Tests;

public sealed class LedgerTests : GatewayTest
{
    [Fact]
    public async Task an_authorization_is_open_until_it_is_captured_or_voided()
    {
        var captured = Order.PaidWith("tok_ok");
        var voided = Order.PaidWith("tok_ok");
        await Gateway.Answer(Gateway.Authorize(captured));
        await Gateway.Answer(Gateway.Authorize(voided));
        Assert.Equal([captured.PaymentId, voided.PaymentId], (await Gateway.Ledger()).OpenAuthorizations);

        await Gateway.Answer(Gateway.Capture(captured));
        await Gateway.Answer(Gateway.Void(voided));

        var ledger = await Gateway.Ledger();
        Assert.Empty(ledger.OpenAuthorizations);
        Assert.Equal((8400, 4200), (ledger.AuthorizedMinor, ledger.CapturedMinor));
        Assert.Equal([1, 2, 3, 4], ledger.Entries.Select(e => e.Sequence));
    }

    [Fact]
    public async Task a_void_shuts_the_door_to_an_authorization_that_comes_later()
    {
        var order = Order.PaidWith("tok_ok");

        Assert.Equal(OperationOutcome.Approved, (await Gateway.Answer(Gateway.Void(order))).Outcome);

        Assert.Equal("voided", (await Gateway.Answer(Gateway.Authorize(order))).Code);
    }

    [Fact]
    public async Task a_captured_payment_cannot_be_voided_nor_a_voided_one_captured()
    {
        var captured = Order.PaidWith("tok_ok");
        var voided = Order.PaidWith("tok_ok");
        await Gateway.Answer(Gateway.Authorize(captured));
        await Gateway.Answer(Gateway.Capture(captured));
        await Gateway.Answer(Gateway.Authorize(voided));
        await Gateway.Answer(Gateway.Void(voided));

        Assert.Equal("already_captured", (await Gateway.Answer(Gateway.Void(captured))).Code);
        Assert.Equal("voided", (await Gateway.Answer(Gateway.Capture(voided))).Code);
    }

    [Fact]
    public async Task more_than_was_authorized_cannot_be_captured()
    {
        var order = Order.PaidWith("tok_ok");
        await Gateway.Answer(Gateway.Authorize(order));

        Assert.Equal("amount_exceeds_authorization", (await Gateway.Answer(Gateway.Capture(order with { AmountMinor = 4201 }))).Code);
    }

    [Fact]
    public async Task a_restart_forgets_nothing()
    {
        var order = Order.PaidWith("tok_ok");
        await Gateway.Answer(Gateway.Authorize(order));
        await Gateway.Answer(Gateway.Capture(order));
        var before = await Gateway.Ledger();
        await Gateway.DisposeAsync();

        Gateway = await RunningGateway.StartAsync(JournalPath);

        Assert.Equal(before.Entries, (await Gateway.Ledger()).Entries);
        Assert.Equal("CAP-000002", (await Gateway.Answer(Gateway.Capture(order))).Reference);
    }

    [Fact]
    public async Task a_torn_last_line_is_cut_at_start()
    {
        await Gateway.Answer(Gateway.Authorize(Order.PaidWith("tok_ok")));
        await Gateway.Answer(Gateway.Authorize(Order.PaidWith("tok_ok")));
        await Gateway.DisposeAsync();
        await using (var file = File.OpenWrite(JournalPath))
        {
            file.SetLength(file.Length - 7);
        }

        Gateway = await RunningGateway.StartAsync(JournalPath);
        Assert.Single((await Gateway.Ledger()).Entries);

        var next = await Gateway.Answer(Gateway.Authorize(Order.PaidWith("tok_ok")));
        Assert.Equal("AUT-000002", next.Reference);
    }
}
