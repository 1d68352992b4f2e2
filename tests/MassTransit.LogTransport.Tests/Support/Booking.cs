namespace MassTransit.LogTransport.Tests.Support;

public sealed record Seat(string Number);

public sealed record Price(int Amount);

/// <summary>An activity that can be undone, and tells of both.</summary>
public sealed class BookActivity : IActivity<Seat, Seat>
{
    public async Task<ExecutionResult> Execute(ExecuteContext<Seat> context)
    {
        await context.Publish(new OtherHappened($"booked {context.Arguments.Number}"));
        return context.Completed(context.Arguments);
    }

    public async Task<CompensationResult> Compensate(CompensateContext<Seat> context)
    {
        await context.Publish(new OtherHappened($"cancelled {context.Log.Number}"));
        return context.Compensated();
    }
}

/// <summary>An activity that tells what it takes, and fails when that is nothing.</summary>
public sealed class PayActivity : IExecuteActivity<Price>
{
    public async Task<ExecutionResult> Execute(ExecuteContext<Price> context)
    {
        await context.Publish(new OtherHappened($"paid {context.Arguments.Amount}"));
        return context.Arguments.Amount > 0 ? context.Completed() : throw new InvalidOperationException("planned");
    }
}
