using System.Collections.Concurrent;
using System.Text.Json;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Testing;
using MassTransit.Courier.Contracts;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using ErrorCode = Broker.Protocol.ErrorCode;

namespace MassTransit.LogTransport.Tests;

/// <summary>
/// Sagas, routing slips and jobs on endpoints with transactions. Every transaction ends badly once: it is aborted and written again, or its producer is fenced and its records are handled again.
/// </summary>
public sealed class TransactionPatternTests(ControlledBroker broker) : IClassFixture<ControlledBroker>
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Theory]
    [InlineData(ErrorCode.UnknownServerError)]
    [InlineData(ErrorCode.ProducerFenced)]
    public async Task what_a_saga_publishes_and_asks_is_seen_once(ErrorCode fault)
    {
        await using var app = await Start(x =>
        {
            AddGuide(x);
            x.AddHandler<Ask>(context => context.RespondAsync(new Answer(context.Message.Question + "!"))).Endpoint(e => e.Name = "answering");
        });
        using var rule = FailEveryTransactionOnce(fault);

        await app.Bus.Publish(new Correlated(NewId.NextGuid(), "there"));

        Assert.Equal(["begun there", "told there!"], await Outcomes(2));
        await AreCommitted("guide", "begun");
        await AreCommitted("answering", "questions");
        Assert.Equal(["begun there", "told there!"], await Outcomes(2));
        Assert.Single(await RawLog.All(broker.BootstrapServers, _prefix + "questions").Soon());
        Assert.True(rule.Hits >= 3, $"{rule.Hits} transactions failed");
    }

    [Fact]
    public async Task what_a_saga_has_sent_before_it_threw_is_dropped_with_the_in_memory_outbox()
    {
        var misfortune = new Misfortune(times: 2);
        await using var app = await Start(AddGuide, (context, e) =>
        {
            e.UseMessageRetry(r => r.Immediate(2));
            e.UseInMemoryOutbox(context);
        }, misfortune);

        await app.Bus.Publish(new Correlated(NewId.NextGuid(), "there"));

        await AreCommitted("guide", "begun");
        Assert.Equal(3, misfortune.Struck);
        Assert.Equal(["begun there"], await Outcomes(1));
        Assert.Single(await RawLog.All(broker.BootstrapServers, _prefix + "questions").Soon());
    }

    [Theory]
    [InlineData(ErrorCode.UnknownServerError)]
    [InlineData(ErrorCode.ProducerFenced)]
    public async Task the_activities_of_a_slip_their_compensations_and_their_events_are_seen_once(ErrorCode fault)
    {
        await using var app = await Start(x =>
        {
            x.AddActivity<BookActivity, Seat, Seat>();
            x.AddExecuteActivity<PayActivity, Price>();
        });
        using var rule = FailEveryTransactionOnce(fault);

        await app.Bus.Execute(Slip(amount: 1));
        Assert.Equal([nameof(RoutingSlipActivityCompleted), nameof(RoutingSlipActivityCompleted), nameof(RoutingSlipCompleted)], await SlipEvents(3));
        await app.Bus.Execute(Slip(amount: 0));

        string[] events =
        [
            nameof(RoutingSlipActivityCompensated), nameof(RoutingSlipActivityCompleted), nameof(RoutingSlipActivityCompleted), nameof(RoutingSlipActivityCompleted), nameof(RoutingSlipActivityFaulted),
            nameof(RoutingSlipCompleted), nameof(RoutingSlipFaulted),
        ];
        Assert.Equal(events, await SlipEvents(events.Length));
        foreach (var endpoint in (string[])["Book_execute", "Pay_execute", "Book_compensate"])
            await AreCommitted(endpoint, endpoint);
        Assert.Equal(events, await SlipEvents(events.Length));
        Assert.Equal(["booked 12A", "booked 12A", "cancelled 12A", "paid 0", "paid 1"], await Outcomes(5));
        Assert.True(rule.Hits >= 5, $"{rule.Hits} transactions failed");
    }

    private static void AddGuide(IBusRegistrationConfigurator x) => x.AddSagaStateMachine<Guide, Journey>().InMemoryRepository().Endpoint(e => e.Name = "guide");

    private static RoutingSlip Slip(int amount)
    {
        var builder = new RoutingSlipBuilder(NewId.NextGuid());
        builder.AddActivity("book", new Uri("queue:Book_execute"), new Seat("12A"));
        builder.AddActivity("pay", new Uri("queue:Pay_execute"), new Price(amount));

        return builder.Build();
    }

    private RequestRule FailEveryTransactionOnce(ErrorCode fault)
    {
        var commits = new ConcurrentDictionary<string, int>();

        return broker.Control.On(ApiKey.EndTxn)
            .Where(x => x.Read<EndTxnRequest>() is { Committed: true } end && end.TransactionalId.StartsWith(_prefix, StringComparison.Ordinal)
                && commits.AddOrUpdate(end.TransactionalId, 1, (_, count) => count + 1) % 2 == 1)
            .Answer(fault);
    }

    /// <summary>Waits until so many are there, and gives all that are.</summary>
    private async Task<IEnumerable<string>> Outcomes(int count)
    {
        await RawLog.Read(broker.BootstrapServers, _prefix + "outcomes", count).Soon();
        return (await RawLog.All(broker.BootstrapServers, _prefix + "outcomes").Soon()).Select(x => JsonDocument.Parse(x.Message.Value!).RootElement.GetProperty("name").GetString()!).Order();
    }

    private async Task<IEnumerable<string>> SlipEvents(int count)
    {
        await RawLog.Read(broker.BootstrapServers, _prefix + "slips", count).Soon();
        return (await RawLog.All(broker.BootstrapServers, _prefix + "slips").Soon()).Select(x => x.Header("message-type")!).Order(StringComparer.Ordinal);
    }

    /// <summary>Waits until an endpoint has committed all that can be read of a topic.</summary>
    private async Task AreCommitted(string endpoint, string topic)
    {
        await RawLog.WaitForTopic(broker.BootstrapServers, _prefix + topic).Soon();
        await Eventually.Gets(async () => (Committed: await RawLog.Committed(broker.BootstrapServers, _prefix + endpoint, _prefix + topic).Soon(), Records: await RawLog.All(broker.BootstrapServers, _prefix + topic).Soon()),
            found => found.Records.Count > 0 && found.Records.TrueForAll(x => x.Offset < found.Committed.GetValueOrDefault(x.Partition.Value)), _ => $"{endpoint} has committed {topic}");
    }

    private Task<BusApp> Start(Action<IBusRegistrationConfigurator> register, Action<IRegistrationContext, IReceiveEndpointConfigurator>? configure = null, Misfortune? misfortune = null)
    {
        return BusApp.StartAsync(x =>
        {
            x.AddSingleton(misfortune ?? new Misfortune());
            register(x);
            x.AddConfigureEndpointsCallback((context, _, e) =>
            {
                configure?.Invoke(context, e);
                ((ILogReceiveEndpointConfigurator)e).UseKafkaTransactions(t => t.BatchTime = TimeSpan.Zero);
            });
            x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) =>
            {
                cfg.Topic("begun", t => t.Carries<Correlated>());
                cfg.Topic("questions", t => t.Carries<Ask>());
                cfg.Topic("outcomes", t => t.Carries<OtherHappened>());
                cfg.Topic("slips", t => t.Carries<RoutingSlipActivityCompleted>().Carries<RoutingSlipActivityFaulted>().Carries<RoutingSlipActivityCompensated>()
                    .Carries<RoutingSlipCompleted>().Carries<RoutingSlipFaulted>());
                cfg.ConfigureEndpoints(context);
            });
        });
    }
}
