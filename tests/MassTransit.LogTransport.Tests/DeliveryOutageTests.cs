using System.Collections.Concurrent;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>Brokers and processes that die or freeze under load: no message is lost, and what is seen again was not committed.</summary>
public abstract class DeliveryOutages(ITestBroker broker) : IAsyncLifetime
{
    private const int Keys = 4;
    private readonly string _prefix = LogBus.NewPrefix();

    public async ValueTask InitializeAsync() => await broker.Start();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task a_broker_that_is_killed_under_load_loses_no_message_and_what_is_seen_again_has_its_old_id()
    {
        var seen = new ConcurrentDictionary<Step, ConcurrentBag<Guid?>>();
        var arrived = new Arrivals<int>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("reading", e => e.Handler<Step>(x =>
        {
            seen.GetOrAdd(x.Message, _ => []).Add(x.MessageId);
            arrived.Add(x.Message.Number);
            return Task.CompletedTask;
        })));
        var publishing = Copies.Publish(app.Bus, Keys, from: 0, count: 400);

        await arrived.Next(200);
        await broker.Stop();
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");
        await broker.Start();
        await publishing;

        await Eventually.True(() => seen.Count == Keys * 400, "every step was seen");
        Assert.All(seen.Values, x => Assert.Single(x.Distinct()));
    }

    [Fact]
    public async Task what_a_killed_process_had_in_hand_is_handled_by_another()
    {
        await using var app = await Start();
        await using var child = OwnerProcess.Start(broker.BootstrapServers, _prefix, copies: true);
        await child.Says("assigned");
        var publishing = Copies.Publish(app.Bus, Keys, from: 0, count: 400);
        var committed = await SomeAreCommitted();

        child.Kill();
        await using var other = await Start(Copy);
        await publishing;

        await Copies.AreAllThere(broker.BootstrapServers, _prefix, committed);
    }

    [Fact]
    public async Task a_process_that_was_frozen_goes_on_beside_the_one_that_took_its_partitions()
    {
        await using var app = await Start();
        await using var child = OwnerProcess.Start(broker.BootstrapServers, _prefix, copies: true);
        await child.Says("assigned");
        var publishing = Copies.Publish(app.Bus, Keys, from: 0, count: 400);
        var committed = await SomeAreCommitted();

        child.Freeze();
        await using var other = await Start(Copy);
        await publishing;
        await Copies.AreAllThere(broker.BootstrapServers, _prefix, committed);
        child.Wake();
        await child.Says("lost");
        await Copies.Publish(app.Bus, Keys, from: 400, count: 50);

        await Copies.AreAllThere(broker.BootstrapServers, _prefix, committed);
    }

    private static void Copy(ILogBusFactoryConfigurator cfg) => cfg.ReceiveEndpoint("copying", e => e.Handler<Step>(Copies.Copy));

    private async Task<Dictionary<int, long>> SomeAreCommitted()
    {
        await RawLog.Read(broker.BootstrapServers, _prefix + "copies", 200);

        return await Eventually.Gets(() => RawLog.Committed(broker.BootstrapServers, _prefix + "copying", _prefix + "steps"),
            committed => committed.Values.Sum() > 0, _ => "some steps are committed");
    }

    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator>? configure = null)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Copies.Topics(cfg);
            configure?.Invoke(cfg);
        }, x => x.ConnectTimeout(TimeSpan.FromSeconds(1))));
    }
}

public sealed class DeliveryOutageTests(ControlledBroker broker) : DeliveryOutages(broker), IClassFixture<ControlledBroker>;

[Collection<OtherKafka>]
public sealed class ApacheKafkaDeliveryOutageTests(ApacheKafka kafka) : DeliveryOutages(kafka);
