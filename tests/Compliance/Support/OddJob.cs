namespace Compliance.Support;

public sealed record OddJob(string Name);

/// <summary>Fails when it is run for the first time.</summary>
public sealed class OddJobConsumer(Arrivals<int> runs) : IJobConsumer<OddJob>
{
    public Task Run(JobContext<OddJob> context)
    {
        runs.Add(context.RetryAttempt);

        return context.RetryAttempt == 0 ? throw new InvalidOperationException("planned") : Task.CompletedTask;
    }
}
