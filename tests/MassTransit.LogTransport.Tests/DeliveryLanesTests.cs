using System.Collections.Concurrent;
using MassTransit.LogTransport.Receiving;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

public sealed class DeliveryLanesTests
{
    [Fact]
    public async Task work_of_one_lane_runs_one_after_the_other_in_order()
    {
        var lanes = new DeliveryLanes(limit: 8, width: 1);
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var running = new ConcurrentDictionary<string, int>();
        var left = new CountdownEvent(400);
        var overlapped = false;

        for (var i = 0; i < 400; i++)
        {
            var (key, number) = ($"{i % 4}", i);
            lanes.Post(new LaneKey("t", 0, key), async () =>
            {
                overlapped |= running.AddOrUpdate(key, 1, (_, x) => x + 1) > 1;
                await Task.Yield();
                seen.GetOrAdd(key, _ => new()).Enqueue(number);
                running.AddOrUpdate(key, 0, (_, x) => x - 1);
                left.Signal();
            });
        }

        Assert.True(left.Wait(Deadline.Limit, TestContext.Current.CancellationToken));
        Assert.False(overlapped);
        await Task.CompletedTask;
        Assert.All(seen.Values, x => Assert.Equal(x.Order(), x));
    }

    [Fact]
    public async Task one_limit_holds_over_all_lanes_and_is_used_up_by_those_that_have_work()
    {
        var lanes = new DeliveryLanes(limit: 3, width: 1);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new Arrivals<int>();

        for (var i = 0; i < 10; i++)
        {
            var number = i;
            lanes.Post(i < 5 ? new LaneKey("t", 0, $"{i}") : null, () =>
            {
                started.Add(number);
                return gate.Task;
            });
        }

        Assert.Equal([0, 1, 2], (await started.Next(3)).Order());
        Assert.Equal(3, started.Count);
        gate.SetResult();
        Assert.Equal(7, (await started.Next(7)).Count);
    }

    [Fact]
    public async Task a_busy_lane_takes_no_place_from_the_others()
    {
        var lanes = new DeliveryLanes(limit: 2, width: 1);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var others = new Arrivals<int>();

        for (var i = 0; i < 5; i++)
            lanes.Post(new LaneKey("t", 0, "busy"), () => gate.Task);
        for (var i = 0; i < 5; i++)
        {
            var number = i;
            lanes.Post(new LaneKey("t", 0, $"{i}"), () =>
            {
                others.Add(number);
                return Task.CompletedTask;
            });
        }

        Assert.Equal(5, (await others.Next(5)).Count);
        gate.SetResult();
    }

    [Fact]
    public async Task a_wider_lane_starts_in_order_and_runs_as_many_at_once_as_it_is_wide()
    {
        var lanes = new DeliveryLanes(limit: 8, width: 3);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new Arrivals<int>();

        for (var i = 0; i < 5; i++)
        {
            var number = i;
            lanes.Post(new LaneKey("t", 0, "one"), () =>
            {
                started.Add(number);
                return gate.Task;
            });
        }

        Assert.Equal([0, 1, 2], (await started.Next(3)).Order());
        Assert.Equal(3, started.Count);
        gate.SetResult();
        Assert.Equal([3, 4], (await started.Next(2)).Order());
    }
}
