using Aspire.Hosting.Observing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LocalHosting.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task a_resource_that_has_just_started_is_asked_every_tenth_of_a_second() =>
        Assert.Equal([0.1, 0.1, 0.1], await PausesAsync(HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy));

    [Fact]
    public async Task a_healthy_resource_is_asked_every_thirty_seconds() =>
        Assert.Equal([0.1, 30, 30], await PausesAsync(HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Healthy));

    [Fact]
    public async Task one_that_is_no_longer_healthy_is_asked_less_and_less_often() =>
        Assert.Equal(
            [30, 1, 2, 3, 4, 5, 5, 30, 1],
            await PausesAsync(
                HealthStatus.Healthy,
                HealthStatus.Unhealthy, HealthStatus.Degraded, HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy,
                HealthStatus.Healthy,
                HealthStatus.Unhealthy));

    [Fact]
    public async Task one_that_takes_more_than_thirty_seconds_to_start_is_asked_less_and_less_often()
    {
        var pauses = await PausesAsync([.. Enumerable.Repeat(HealthStatus.Unhealthy, 310)]);

        Assert.All(pauses.Take(300), pause => Assert.Equal(0.1, pause));
        Assert.Equal(5, pauses[^1]);
    }

    /// <summary>How many seconds are waited after each of the given results.</summary>
    private static async Task<List<double>> PausesAsync(params HealthStatus[] results)
    {
        using var enough = new CancellationTokenSource();
        var clock = new ImpatientTime();
        var next = 0;
        await using var application = new TestApplication();
        application.Builder.Services.AddSingleton<TimeProvider>(clock);
        var child = application.Builder.AddProject<Projects.LocalHosting_Child>("child").WithHttpHealthCheck();
        var key = HealthMonitor.KeysOf(child.Resource).Single();
        application.Builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            options.Registrations.Clear();
            options.Registrations.Add(new HealthCheckRegistration(key, new DelegateCheck(Next), failureStatus: null, tags: null));
        });

        await application.App.Services.GetRequiredService<HealthMonitor>().RunAsync(child.Resource, enough.Token);

        return clock.Pauses[..results.Length];

        HealthCheckResult Next()
        {
            if (next == results.Length)
            {
                enough.Cancel();
                return HealthCheckResult.Healthy();
            }

            return new HealthCheckResult(results[next++]);
        }
    }

    private sealed class DelegateCheck(Func<HealthCheckResult> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(check());
    }

    /// <summary>A clock that jumps to the end of every pause and keeps a list of them.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private long _now;

        public List<double> Pauses { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Pauses.Add(dueTime.TotalSeconds);
                _now += dueTime.Ticks;
            }

            return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
        }
    }
}
