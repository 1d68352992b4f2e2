using Compliance.Support;
using Compliance.Transports;
using MassTransit.Contracts;

namespace Compliance;

/// <summary>State machines and sagas, whose repository is in memory.</summary>
public sealed class Sagas : Behaviours
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly DelayedSends _delayed = new();

    [Theory, EveryTransport]
    public async Task an_instance_gets_every_event_of_its_own_and_of_no_other(Transport transport)
    {
        const int Times = 20;
        var (open, totals) = (new Arrivals<Guid>(), new Arrivals<CountTotal>());
        await using var app = await Start(transport, x => x.AddSagaStateMachine<CountMachine, Count>().InMemoryRepository(), (_, cfg) => cfg.ReceiveEndpoint("watching", e =>
        {
            e.Handler<CountIsOpen>(x => Take(open, x.Message.CorrelationId));
            e.Handler<CountTotal>(x => Take(totals, x.Message));
        }));
        Guid[] ids = [NewId.NextGuid(), NewId.NextGuid()];

        foreach (var id in ids)
            await app.Bus.Publish(new CountOpened(id));
        await open.Next(ids.Length);
        await Task.WhenAll(Enumerable.Range(1, Times).SelectMany(number => ids.Select((id, factor) => app.Bus.Publish(new Counted(id, number * (factor + 1))))));

        var last = (await totals.Next(Times * ids.Length)).Where(x => x.Times == Times).ToDictionary(x => x.CorrelationId, x => x.Sum);
        Assert.Equal([Times * (Times + 1) / 2, Times * (Times + 1)], ids.Select(x => last[x]));
    }

    [Theory, EveryTransport]
    public async Task an_event_of_an_instance_that_is_not_there_fails_when_that_is_wanted(Transport transport)
    {
        var faults = new Arrivals<Guid>();
        await using var app = await Start(transport, x => x.AddSagaStateMachine<CountMachine, Count>().InMemoryRepository(),
            (_, cfg) => cfg.ReceiveEndpoint("faults", e => e.Handler<Fault<Counted>>(x => Take(faults, x.Message.Message.CorrelationId))));
        var id = NewId.NextGuid();

        await app.Bus.Publish(new Counted(id, 1));

        Assert.Equal(id, await faults.Next());
    }

    [Theory, EveryTransport]
    public async Task a_saga_class_is_initiated_and_orchestrates(Transport transport)
    {
        var (open, totals) = (new Arrivals<Guid>(), new Arrivals<CountTotal>());
        await using var app = await Start(transport, x => x.AddSaga<CountSaga>().InMemoryRepository(), (_, cfg) => cfg.ReceiveEndpoint("watching", e =>
        {
            e.Handler<CountIsOpen>(x => Take(open, x.Message.CorrelationId));
            e.Handler<CountTotal>(x => Take(totals, x.Message));
        }));
        var id = NewId.NextGuid();

        await app.Bus.Publish(new CountOpened(id));
        await open.Next();
        await app.Bus.Publish(new Counted(id, 3));
        await totals.Next();
        await app.Bus.Publish(new Counted(id, 4));

        Assert.Equal(new CountTotal(id, 7, 1), await totals.Next());
    }

    [Theory, EveryTransport]
    public async Task a_saga_asks_another_service_and_goes_on_with_its_answer_or_its_fault(Transport transport)
    {
        var ended = new Arrivals<string>();
        await using var app = await Start(transport, x =>
        {
            x.AddSagaStateMachine<QuestionMachine, Asking>().InMemoryRepository();
            // Without it an answer may come before the instance that asked has written down its question.
            x.AddConfigureEndpointsCallback((context, _, e) => e.UseInMemoryOutbox(context));
        }, (_, cfg) =>
        {
            cfg.ReceiveEndpoint("answers", e => e.Handler<Ask>(x =>
                x.Message.Question == "hard" ? throw new InvalidOperationException("too hard") : x.RespondAsync(new Answer("easy!"))));
            cfg.ReceiveEndpoint("ended", e => e.Handler<OtherHappened>(x => Take(ended, x.Message.Name)));
        });

        await app.Bus.Publish(new Correlated(NewId.NextGuid(), "easy"));
        await app.Bus.Publish(new Correlated(NewId.NextGuid(), "hard"));

        Assert.Equal(["easy!", "too hard"], (await ended.Next(2)).Order());
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_saga_gets_the_timeout_it_scheduled(Transport transport)
    {
        var time = NewTime(transport);
        var ended = new Arrivals<string>();
        await using var app = await StartAt(time, transport, cfg => cfg.ReceiveEndpoint("ended", e => e.Handler<WaitEnded>(x => Take(ended, x.Message.Reason))),
            x => x.AddSagaStateMachine<WaitingMachine, Waiting>().InMemoryRepository());
        Watch(app);

        await app.Bus.Publish(new WaitBegun(NewId.NextGuid()));
        await _delayed.Next<WaitTimedOut>();

        Assert.Equal("timeout", await time.After(app, Hour * 2, ended));
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_saga_whose_request_is_not_answered_goes_on_when_the_request_has_timed_out(Transport transport)
    {
        var time = NewTime(transport);
        var ended = new Arrivals<string>();
        await using var app = await StartAt(time, transport, cfg =>
        {
            cfg.ReceiveEndpoint("silent", e => e.Handler<Ask>(_ => Task.CompletedTask));
            cfg.ReceiveEndpoint("ended", e => e.Handler<WaitEnded>(x => Take(ended, x.Message.Reason)));
        }, x => x.AddSagaStateMachine<AskingMachine, Waiting>().InMemoryRepository());
        Watch(app);

        await app.Bus.Publish(new WaitBegun(NewId.NextGuid()));
        await _delayed.Next<RequestTimeoutExpired<Ask>>();

        Assert.Equal("unanswered", await time.After(app, Hour * 2, ended));
    }

    private void Watch(BusApp app)
    {
        app.Bus.ConnectSendObserver(_delayed);
        app.Bus.ConnectPublishObserver(_delayed);
    }
}
