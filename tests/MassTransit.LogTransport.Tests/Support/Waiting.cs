namespace MassTransit.LogTransport.Tests.Support;

public sealed record WaitBegun(Guid CorrelationId) : CorrelatedBy<Guid>;

public sealed record WaitOver(Guid CorrelationId) : CorrelatedBy<Guid>;

public sealed record WaitTimedOut(Guid CorrelationId) : CorrelatedBy<Guid>;

public sealed record WaitEnded(string Reason);

public sealed class Waiting : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public Guid? TimeoutToken { get; set; }
    public Guid? RequestId { get; set; }
}

/// <summary>Waits for an hour at most.</summary>
public sealed class WaitingMachine : MassTransitStateMachine<Waiting>
{
    public WaitingMachine()
    {
        InstanceState(x => x.CurrentState);
        Schedule(() => Timeout, x => x.TimeoutToken, x => x.Delay = TimeSpan.FromHours(1));

        Initially(When(Begun).Schedule(Timeout, x => new WaitTimedOut(x.Saga.CorrelationId)).TransitionTo(Waits));
        During(Waits,
            When(Over).Unschedule(Timeout).Publish(_ => new WaitEnded("over")).Finalize(),
            When(Timeout.Received).Publish(_ => new WaitEnded("timeout")).Finalize());
        During(Final, Ignore(Timeout.Received));
    }

    public State Waits { get; } = null!;
    public Event<WaitBegun> Begun { get; } = null!;
    public Event<WaitOver> Over { get; } = null!;
    public Schedule<Waiting, WaitTimedOut> Timeout { get; } = null!;
}

/// <summary>Asks, and waits for the answer for an hour at most.</summary>
public sealed class AskingMachine : MassTransitStateMachine<Waiting>
{
    public AskingMachine()
    {
        InstanceState(x => x.CurrentState);
        Request(() => Asking, x => x.RequestId, x => x.Timeout = TimeSpan.FromHours(1));

        Initially(When(Begun).Request(Asking, _ => new Ask("?")).TransitionTo(Asking.Pending));
        During(Asking.Pending,
            When(Asking.Completed).Publish(x => new WaitEnded(x.Message.Text)).Finalize(),
            When(Asking.TimeoutExpired).Publish(_ => new WaitEnded("unanswered")).Finalize());
    }

    public Event<WaitBegun> Begun { get; } = null!;
    public Request<Waiting, Ask, Answer> Asking { get; } = null!;
}
