namespace MassTransit.LogTransport.Tests.Support;

public sealed class Journey : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
}

/// <summary>Tells that a journey has begun, asks the way, and tells what it was told. What it is told again it takes for the first time: its state may be further than what was committed.</summary>
public sealed class Guide : MassTransitStateMachine<Journey>
{
    public Guide(Misfortune misfortune)
    {
        InstanceState(x => x.CurrentState);
        Request(() => Way, x => x.Timeout = TimeSpan.Zero);

        Initially(Begin(When(Begun)).Then(_ => misfortune.Strike()).TransitionTo(Way.Pending));
        During(Way.Pending, Begin(When(Begun)));
        During(Way.Pending, Final, When(Way.Completed).Publish(x => new OtherHappened("told " + x.Message.Text)).Finalize());
    }

    public Event<Correlated> Begun { get; } = null!;
    public Request<Journey, Ask, Answer> Way { get; } = null!;

    private EventActivityBinder<Journey, Correlated> Begin(EventActivityBinder<Journey, Correlated> begun)
    {
        return begun.Publish(x => new OtherHappened("begun " + x.Message.Name)).Request(Way, x => new Ask(x.Message.Name));
    }
}

/// <summary>Fails so many times.</summary>
public sealed class Misfortune(int times = 0)
{
    private int _struck;

    public int Struck => _struck;

    public void Strike()
    {
        if (Interlocked.Increment(ref _struck) <= times)
            throw new InvalidOperationException("planned");
    }
}
