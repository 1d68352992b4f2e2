namespace Compliance.Support;

public sealed record ReserveArguments(string Seat);

public sealed record ReserveLog(string Seat);

/// <summary>An activity that can be undone.</summary>
public sealed class ReserveActivity(Arrivals<string> done) : IActivity<ReserveArguments, ReserveLog>
{
    public Task<ExecutionResult> Execute(ExecuteContext<ReserveArguments> context)
    {
        done.Add($"reserved {context.Arguments.Seat}");
        return Task.FromResult(context.CompletedWithVariables(new ReserveLog(context.Arguments.Seat), new { Ticket = "for " + context.Arguments.Seat }));
    }

    public Task<CompensationResult> Compensate(CompensateContext<ReserveLog> context)
    {
        done.Add($"released {context.Log.Seat}");
        return Task.FromResult(context.Compensated());
    }
}

public sealed record ChargeArguments(string Ticket, decimal Amount);

/// <summary>An activity that cannot be undone, and takes an argument from what came before. It fails when there is nothing to pay.</summary>
public sealed class ChargeActivity(Arrivals<string> done) : IExecuteActivity<ChargeArguments>
{
    public Task<ExecutionResult> Execute(ExecuteContext<ChargeArguments> context)
    {
        if (context.Arguments.Amount == 0)
            throw new InvalidOperationException("nothing to pay");

        done.Add($"charged {context.Arguments.Ticket}");
        return Task.FromResult(context.Completed());
    }
}
