using Microsoft.Extensions.Time.Testing;
using OrderService.Payments;

namespace OrderService.Tests.Support;

/// <summary>
/// A clock that moves on by itself when somebody pauses, and by exactly that pause. Timeouts are not pauses: they are told by their
/// length, and pass only when the test says so.
/// </summary>
internal sealed class ObligingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime != GatewayResilience.TotalTimeout && dueTime != GatewayResilience.AttemptTimeout)
        {
            // Not here: whoever creates the timer has not got it yet.
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
