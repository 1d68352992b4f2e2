using Compliance.Support;
using Compliance.Transports;
using MassTransit.Contracts.JobService;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance;

/// <summary>Consumers whose work may take long.</summary>
public sealed class Jobs : Behaviours
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly DelayedSends _delayed = new();

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_job_that_fails_is_run_again_later_and_completes(Transport transport)
    {
        var time = NewTime(transport);
        var runs = new Arrivals<int>();
        var completed = new Arrivals<Guid>();
        var sightings = new Sightings();
        await using var app = await StartAt(time, transport, cfg => cfg.ReceiveEndpoint("completed", e => e.Handler<JobCompleted<OddJob>>(x => Take(completed, x.Message.JobId))), x =>
        {
            x.SetKebabCaseEndpointNameFormatter();
            x.AddSingleton(runs);
            x.AddConsumeObserver(_ => sightings);
            x.AddConsumer<OddJobConsumer>(c => c.Options<JobOptions<OddJob>>(o => o.SetRetry(r => r.Interval(1, Minute)).SetJobTimeout(Hour)));
            x.SetInMemorySagaRepositoryProvider();
            // The state machines ask another clock, and would find a job overdue that has just begun.
            x.AddJobSagaStateMachines(o => o.StatusCheckInterval = Hour);
        });
        app.Bus.ConnectSendObserver(_delayed);
        app.Bus.ConnectPublishObserver(_delayed);

        // A job that is submitted before its type knows of this instance waits for a slot.
        await sightings.All("consumed SetConcurrentJobLimit");
        var id = await app.Bus.CreateRequestClient<SubmitJob<OddJob>>(Deadline.Limit).SubmitJob(NewId.NextGuid(), new OddJob("a"));
        Assert.Equal(0, await runs.Next());
        await _delayed.Next<JobRetryDelayElapsed>();

        Assert.Equal(1, await time.After(app, Minute * 2, runs));
        Assert.Equal(id, await completed.Next());
    }
}
