using MassTransit.Contracts.JobService;
using MassTransit.Serialization;
using MassTransit.SqliteOutbox.Tests.Support;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class JobsOnSqliteTests : JobTests<SqliteTestDatabase>;

public sealed class JobsOnPostgresTests : JobTests<PostgresTestDatabase>;

/// <summary>MassTransit's job consumers with their sagas in the database.</summary>
public abstract class JobTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();

    [Fact]
    public async Task a_job_runs_and_its_saga_remembers_it()
    {
        await using LedgerApp app = await Start();
        Guid jobId = NewId.NextGuid();

        await app.Bus.Publish<SubmitJob<Count>>(new { JobId = jobId, Job = new Count(jobId, 7) });
        await app.Wire.Holds("7");
        await Wire.Until(() => _database.Read(context => context.Set<JobSaga>().Any(saga => saga.CorrelationId == jobId && saga.Completed != null)));

        JobSaga saga = _database.Read(context => context.Set<JobSaga>().Single());
        Assert.True(saga.Version > 0);
        // Read as MassTransit does: what the values of the dictionary are, a number or a piece of JSON, is the serializer's business.
        Assert.Equal(new Count(jobId, 7), ObjectDeserializer.Deserialize<Count>(saga.Job));
        Assert.Contains(nameof(TallyJob), _database.Read(context => context.Set<JobTypeSaga>().Single()).Name);
    }

    [Fact]
    public async Task a_job_that_fails_is_tried_again()
    {
        await using LedgerApp app = await Start();
        Guid jobId = NewId.NextGuid();

        await app.Bus.Publish<SubmitJob<Count>>(new { JobId = jobId, Job = new Count(jobId, TallyJob.FailsOnce) });

        await app.Wire.Holds($"{TallyJob.FailsOnce}");
        await Wire.Until(() => _database.Read(context => context.Set<JobSaga>().Any(saga => saga.Completed != null && saga.RetryAttempt == 1)));
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private Task<LedgerApp> Start() => LedgerApp.StartAsync(_database, bus =>
    {
        bus.AddDelayedMessageScheduler();
        bus.AddConsumer<TallyJob>(job => job.Options<JobOptions<Count>>(options => options
            .SetRetry(retry => retry.Interval(1, TimeSpan.FromMilliseconds(1)))));
        // Looked at when they are done.
        bus.AddJobSagaStateMachines(options => options.FinalizeCompleted = false).SqliteRepository<LedgerDbContext>();
    }, options => options.InboxFor = endpoint => endpoint.StartsWith("job", StringComparison.Ordinal), schedules: true);

    public sealed class TallyJob : IJobConsumer<Count>
    {
        public const int FailsOnce = 13;

        public async Task Run(JobContext<Count> context)
        {
            if (context.Job.Amount == FailsOnce && context.RetryAttempt == 0)
                throw new InvalidOperationException("planned");

            await context.Publish(new Counted(context.Job.TallyId, context.Job.Amount));
        }
    }
}
