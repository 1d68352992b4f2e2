namespace Compliance.Support;

public sealed record CountOpened(Guid CorrelationId) : CorrelatedBy<Guid>;

public sealed record CountIsOpen(Guid CorrelationId);

public sealed record Counted(Guid CorrelationId, int Number) : CorrelatedBy<Guid>;

public sealed record CountClosed(Guid CorrelationId) : CorrelatedBy<Guid>;

public sealed record CountTotal(Guid CorrelationId, int Sum, int Times);

public sealed class Count : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Sum { get; set; }
    public int Times { get; set; }
}

/// <summary>Adds up what it is told between its opening and its closing.</summary>
public sealed class CountMachine : MassTransitStateMachine<Count>
{
    public CountMachine()
    {
        InstanceState(x => x.CurrentState);
        Event(() => Number, x => x.OnMissingInstance(m => m.Fault()));
        Event(() => Closed, x => x.OnMissingInstance(m => m.Discard()));

        Initially(When(Opened).Publish(x => new CountIsOpen(x.Saga.CorrelationId)).TransitionTo(Open));
        During(Open,
            When(Number).Then(x => (x.Saga.Sum, x.Saga.Times) = (x.Saga.Sum + x.Message.Number, x.Saga.Times + 1))
                .Publish(x => new CountTotal(x.Saga.CorrelationId, x.Saga.Sum, x.Saga.Times)),
            When(Closed).Finalize());
        SetCompletedWhenFinalized();
    }

    public State Open { get; } = null!;
    public Event<CountOpened> Opened { get; } = null!;
    public Event<Counted> Number { get; } = null!;
    public Event<CountClosed> Closed { get; } = null!;
}

/// <summary>The same in a class with methods.</summary>
public sealed class CountSaga : ISaga, InitiatedBy<CountOpened>, Orchestrates<Counted>
{
    private int _sum;

    public Guid CorrelationId { get; set; }

    public Task Consume(ConsumeContext<CountOpened> context) => context.Publish(new CountIsOpen(CorrelationId));

    public Task Consume(ConsumeContext<Counted> context) => context.Publish(new CountTotal(CorrelationId, _sum += context.Message.Number, 1));
}

public sealed class Asking : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public Guid? RequestId { get; set; }
}

/// <summary>Asks, and publishes what it is told.</summary>
public sealed class QuestionMachine : MassTransitStateMachine<Asking>
{
    public QuestionMachine()
    {
        InstanceState(x => x.CurrentState);
        Request(() => Question, x => x.RequestId, x => x.Timeout = TimeSpan.Zero);

        Initially(When(Begun).Request(Question, x => new Ask(x.Message.Name)).TransitionTo(Question.Pending));
        During(Question.Pending,
            When(Question.Completed).Publish(x => new OtherHappened(x.Message.Text)).Finalize(),
            When(Question.Faulted).Publish(x => new OtherHappened(x.Message.Exceptions.Single().Message)).Finalize());
    }

    public Event<Correlated> Begun { get; } = null!;
    public Request<Asking, Ask, Answer> Question { get; } = null!;
}
