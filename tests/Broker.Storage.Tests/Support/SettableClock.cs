namespace Broker.Storage.Tests.Support;

/// <summary>A clock whose time of day can be set while it runs; what it says has elapsed is not concerned.</summary>
internal sealed class SettableClock(TimeProvider time) : TimeProvider
{
    private TimeSpan _ahead;

    public override long TimestampFrequency => time.TimestampFrequency;

    public void Set(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + _ahead;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
