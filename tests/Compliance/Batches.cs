using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Consumers that take many messages at once.</summary>
public sealed class Batches : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_batch_is_delivered_when_it_is_full(Transport transport)
    {
        var batches = new Arrivals<string[]>();
        await using var app = await StartBatch(transport, batches, o => o.SetMessageLimit(10).SetTimeLimit(Deadline.Limit));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(x => app.Bus.Publish(new Step("one", x))));

        Assert.Equal(Enumerable.Repeat("one", 10), await batches.Next());
    }

    [Theory, EveryTransport]
    public async Task a_batch_that_does_not_fill_is_delivered_when_its_time_is_over(Transport transport)
    {
        var batches = new Arrivals<string[]>();
        await using var app = await StartBatch(transport, batches, o => o.SetMessageLimit(10).SetTimeLimit(TimeSpan.FromMilliseconds(100)));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(x => app.Bus.Publish(new Step($"{x}", x))));

        var got = new List<string>();
        while (got.Count < 3)
            got.AddRange(await batches.Next());

        Assert.Equal(["0", "1", "2"], got.Order());
    }

    [Theory, EveryTransport]
    public async Task a_batch_may_hold_the_messages_of_one_group_only(Transport transport)
    {
        var batches = new Arrivals<string[]>();
        await using var app = await StartBatch(transport, batches, o => o.SetMessageLimit(3).SetTimeLimit(Deadline.Limit).SetConcurrencyLimit(2).GroupBy<Step, string>(x => x.Message.Key));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(x => app.Bus.Publish(new Step(x % 2 == 0 ? "even" : "odd", x))));

        var both = await batches.Next(2);
        Assert.Equal([["even", "even", "even"], ["odd", "odd", "odd"]], both.OrderBy(x => x[0], StringComparer.Ordinal));
    }

    [Theory, EveryTransport]
    public async Task the_messages_of_a_batch_that_failed_are_moved_to_the_error_queue(Transport transport)
    {
        var moved = new Arrivals<ConsumeContext<Step>>();
        await using var app = await StartBatch(transport, null, o => o.SetMessageLimit(3).SetTimeLimit(Deadline.Limit), cfg => Queue(cfg, "batch_error", moved));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(x => app.Bus.Publish(new Step("one", x))));

        Assert.Equal([0, 1, 2], (await moved.Next(3)).Select(x => x.Message.Number).Order());
    }

    private Task<BusApp> StartBatch(Transport transport, Arrivals<string[]>? batches, Action<BatchOptions> options, Action<IBusFactoryConfigurator>? more = null)
    {
        return Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("batch", e => e.Consumer(() => new BatchConsumer(batches), c => c.Options(options)));
            more?.Invoke(cfg);
        });
    }

    /// <summary>Fails without a place to tell what it got.</summary>
    private sealed class BatchConsumer(Arrivals<string[]>? batches) : IConsumer<Batch<Step>>
    {
        public Task Consume(ConsumeContext<Batch<Step>> context)
        {
            return batches == null ? throw new InvalidOperationException("planned") : Take(batches, context.Message.Select(x => x.Message.Key).ToArray());
        }
    }
}
