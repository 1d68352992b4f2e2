using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>Processes with transactions that die, freeze, come and go while they copy: each step has one copy, in the order of its key.</summary>
public abstract class TransactionOutages(ITestBroker broker) : IAsyncLifetime
{
    private const int Keys = 4;
    private readonly string _prefix = LogBus.NewPrefix();

    public async ValueTask InitializeAsync() => await broker.Start();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task a_process_that_is_killed_while_it_copies_leaves_no_copy_twice()
    {
        await using var app = await Start();
        var child = OwnerProcess.Start(broker.BootstrapServers, _prefix, transactions: true, copies: true);
        await child.Says("assigned");

        for (var round = 0; round < 2; round++)
        {
            var publishing = Copies.Publish(app.Bus, Keys, from: round * 250, count: 250);
            await SomeAreCopied(round * 250 * Keys + 100);
            child.Kill();
            await child.DisposeAsync();
            child = OwnerProcess.Start(broker.BootstrapServers, _prefix, transactions: true, copies: true);
            await publishing;
        }

        await Copies.AreComplete(broker.BootstrapServers, _prefix, Keys, count: 500);
        await child.DisposeAsync();
    }

    [Fact]
    public async Task a_process_that_was_frozen_commits_nothing_that_another_has_copied_meanwhile()
    {
        await using var app = await Start();
        await using var child = OwnerProcess.Start(broker.BootstrapServers, _prefix, transactions: true, copies: true);
        await child.Says("assigned");
        var publishing = Copies.Publish(app.Bus, Keys, from: 0, count: 300);
        await SomeAreCopied(200);

        child.Freeze();
        await using var other = await Start(copies: true);
        await publishing;
        await Copies.AreComplete(broker.BootstrapServers, _prefix, Keys, count: 300);
        child.Wake();
        await child.Says("lost");
        await Copies.Publish(app.Bus, Keys, from: 300, count: 50);

        await Copies.AreComplete(broker.BootstrapServers, _prefix, Keys, count: 350);
    }

    [Fact]
    public async Task members_that_come_and_go_copy_each_step_once()
    {
        await using var app = await Start();
        var first = await Start(copies: true);
        var publishing = Copies.Publish(app.Bus, Keys, from: 0, count: 400);

        await SomeAreCopied(200);
        await using var second = await Start(copies: true);
        await SomeAreCopied(800);
        await first.DisposeAsync().AsTask().Soon();
        await publishing;

        await Copies.AreComplete(broker.BootstrapServers, _prefix, Keys, count: 400);
    }

    [Fact]
    public async Task a_broker_that_is_killed_and_comes_back_has_each_copy_once()
    {
        await using var app = await Start(copies: true);
        var publishing = Copies.Publish(app.Bus, Keys, from: 0, count: 400);

        await SomeAreCopied(200);
        await broker.Stop();
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");
        await broker.Start();
        await publishing;

        await Copies.AreComplete(broker.BootstrapServers, _prefix, Keys, count: 400);
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the recovery shows");
    }

    private async Task SomeAreCopied(int count)
    {
        await RawLog.Read(broker.BootstrapServers, _prefix + "copies", count);
    }

    private Task<BusApp> Start(bool copies = false)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Copies.Topics(cfg);

            if (copies)
            {
                cfg.ReceiveEndpoint("copying", e =>
                {
                    e.UseKafkaTransactions(t => t.TransactionTimeout = TimeSpan.FromSeconds(5));
                    e.Handler<Step>(Copies.Copy);
                });
            }
        }, x => x.ConnectTimeout(TimeSpan.FromSeconds(1))));
    }
}

public sealed class TransactionOutageTests(ControlledBroker broker) : TransactionOutages(broker), IClassFixture<ControlledBroker>;

[Collection<OneKafka>]
public sealed class ApacheKafkaTransactionOutageTests(ApacheKafka kafka) : TransactionOutages(kafka);
