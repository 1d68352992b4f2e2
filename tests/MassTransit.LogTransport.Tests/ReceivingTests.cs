using System.Collections.Concurrent;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>What an endpoint takes from its topics, in which order, and from where.</summary>
public sealed class ReceivingTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task records_of_one_key_are_handled_in_order_while_others_overlap()
    {
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var arrived = new Arrivals<int>();
        var (running, most) = (0, 0);
        await using var app = await Start(cfg =>
        {
            cfg.Topic("steps", t => t.Partitions(2).Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("steps-reader", e => e.Handler<Step>(async x =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                seen.GetOrAdd(x.Message.Key, _ => new()).Enqueue(x.Message.Number);
                Interlocked.Decrement(ref running);
                arrived.Add(x.Message.Number);
            }));
        });

        for (var i = 0; i < 100; i++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(key => app.Bus.Publish(new Step($"{key}", i))));

        await arrived.Next(1000);
        Assert.Equal(10, seen.Count);
        Assert.All(seen.Values, x => Assert.Equal(Enumerable.Range(0, 100), x));
        Assert.True(most > 1);
    }

    [Fact]
    public async Task a_partition_can_be_one_order_whatever_the_keys()
    {
        var seen = new Arrivals<int>();
        await using var app = await Start(cfg =>
        {
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("steps-reader", e =>
            {
                e.DeliveryOrder = DeliveryOrder.Partition;
                e.Handler<Step>(async x =>
                {
                    await Task.Yield();
                    seen.Add(x.Message.Number);
                });
            });
        });

        for (var i = 0; i < 50; i++)
            await app.Bus.Publish(new Step($"{i % 7}", i));

        Assert.Equal(Enumerable.Range(0, 50), await seen.Next(50));
    }

    [Fact]
    public async Task more_records_than_a_window_holds_pause_the_partition_and_all_arrive()
    {
        var arrived = new Arrivals<int>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var readings = new CounterReadings("window-reader");
        await using var app = await Start(cfg =>
        {
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("window-reader", e => e.Handler<Step>(async x =>
            {
                await gate.Task;
                arrived.Add(x.Message.Number);
            }));
        });

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(x => app.Bus.Publish(new Step("one", x))));
        await Eventually.True(() =>
        {
            readings.ReadGauges();
            return readings["logtransport.partitions.paused"] > 0;
        }, "the partition is paused");
        gate.SetResult();

        Assert.Equal(2000, (await arrived.Next(2000)).Distinct().Count());
    }

    [Fact]
    public async Task a_record_of_a_shared_topic_that_nobody_here_handles_is_dropped_and_counted_not_skipped()
    {
        var arrived = new Arrivals<string>();
        using var readings = new CounterReadings("picky-reader");
        await using var app = await Start(cfg =>
        {
            cfg.Topic("shared", t => t.Partitions(1).Carries<ThingHappened>().Carries<UnwantedHappened>());
            cfg.ReceiveEndpoint("picky-reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
        });

        await app.Bus.Publish(new UnwantedHappened("unwanted"));
        await app.Bus.Publish(new ThingHappened("wanted", 1));

        Assert.Equal("wanted", await arrived.Next());
        Assert.Equal(1, readings["logtransport.records.dropped", "NoHandler"]);
    }

    [Fact]
    public async Task a_record_of_another_producer_is_taken_by_its_short_type_name_or_as_the_only_type_handled_from_its_topic()
    {
        var arrived = new Arrivals<(string Name, Guid? Id)>();
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>());
            cfg.Topic("others", t => t.Partitions(1).Carries<OtherHappened>());
            cfg.ReceiveEndpoint("foreign-reader", e =>
            {
                e.Handler<ThingHappened>(x => Take(arrived, (x.Message.Name, x.MessageId)));
                e.Handler<OtherHappened>(x => Take(arrived, (x.Message.Name, x.MessageId)));
            });
        });

        await RawLog.Write(broker.BootstrapServers, _prefix + "things", "k", """{"name":"only","number":1}""");
        await RawLog.Write(broker.BootstrapServers, _prefix + "others", null, """{"Name":"named"}""", ("message-type", "OtherHappened"));
        await RawLog.Write(broker.BootstrapServers, _prefix + "others", null, """{"name":"strange"}""", ("message-type", "Unknown"));
        await RawLog.Write(broker.BootstrapServers, _prefix + "others", "gone", null);
        await RawLog.Write(broker.BootstrapServers, _prefix + "others", null, """{"name":"last"}""");

        var all = await arrived.Next(3);
        Assert.Equal(["last", "named", "only"], all.Select(x => x.Name).Order());
        Assert.All(all, x => Assert.NotNull(x.Id));
    }

    [Fact]
    public async Task a_record_past_its_time_to_live_is_dropped()
    {
        var arrived = new Arrivals<string>();
        await using (var writer = await Start(cfg => cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>())))
        {
            await writer.Bus.Publish(new ThingHappened("expired", 1), x => x.TimeToLive = TimeSpan.FromMilliseconds(-1));
            await writer.Bus.Publish(new ThingHappened("fresh", 1), x => x.TimeToLive = TimeSpan.FromHours(1));
        }

        await using var reader = await Start(cfg =>
        {
            cfg.StartFrom(StartPosition.Earliest);
            cfg.Topic("things", t => t.Carries<ThingHappened>());
            cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
        });

        Assert.Equal("fresh", await arrived.Next());
    }

    [Fact]
    public async Task an_endpoint_starts_where_it_was_told_and_later_where_it_stopped()
    {
        await using (var writer = await Start(Topics))
            await writer.Bus.Publish(new ThingHappened("before", 1));

        var (latest, earliest) = (new Arrivals<string>(), new Arrivals<string>());
        await using (var app = await Start(cfg => Endpoints(cfg, latest, earliest)))
        {
            await app.Bus.Publish(new ThingHappened("while", 1));

            Assert.Equal("while", await latest.Next());
            Assert.Equal(["before", "while"], (await earliest.Next(2)).Order());
        }

        await using (var writer = await Start(Topics))
            await writer.Bus.Publish(new ThingHappened("away", 1));

        await using (await Start(cfg => Endpoints(cfg, latest, earliest)))
        {
            Assert.Equal("away", await latest.Next());
            Assert.Equal("away", await earliest.Next());
        }

        void Topics(ILogBusFactoryConfigurator cfg) => cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>());

        void Endpoints(ILogBusFactoryConfigurator cfg, Arrivals<string> latest, Arrivals<string> earliest)
        {
            Topics(cfg);
            cfg.ReceiveEndpoint("latest", e => e.Handler<ThingHappened>(x => Take(latest, x.Message.Name)));
            cfg.ReceiveEndpoint("earliest", e =>
            {
                e.StartFrom(StartPosition.Earliest);
                e.Handler<ThingHappened>(x => Take(earliest, x.Message.Name));
            });
        }
    }

    [Fact]
    public async Task a_partition_added_later_is_read_from_its_first_record_even_by_an_endpoint_that_starts_at_the_end()
    {
        var arrived = new Arrivals<string>();
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>());
            cfg.ReceiveEndpoint("growing", e => e.Handler<ThingHappened>(c => Take(arrived, c.Message.Name)));
        }, host => host.ConsumerSetting("topic.metadata.refresh.interval.ms", "500")));

        await RawLog.Grow(broker.BootstrapServers, _prefix + "things", 2);
        await RawLog.Write(broker.BootstrapServers, _prefix + "things", 1, """{"name":"new partition"}""");

        Assert.Equal("new partition", await arrived.Next());
    }

    [Fact]
    public async Task a_consumer_can_ask_for_the_record_it_got()
    {
        var arrived = new Arrivals<LogRecordContext>();
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>(x => x.Name));
            cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.GetPayload<LogRecordContext>())));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        var record = await arrived.Next();
        Assert.Equal((_prefix + "things", 0, 0L, "a"), (record.Topic, record.Partition, record.Offset, record.Key));
    }

    [Fact]
    public async Task a_consumer_is_told_the_topic_a_message_was_published_to_and_its_own_endpoint_when_the_record_names_none()
    {
        var arrived = new Arrivals<Uri?>();
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>());
            cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.DestinationAddress)));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.EndsWith("/things?type=topic", (await arrived.Next())!.ToString(), StringComparison.Ordinal);
        await RawLog.Write(broker.BootstrapServers, _prefix + "things", null, """{"name":"foreign"}""");

        Assert.EndsWith("/reader", (await arrived.Next())!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_deployment_without_endpoints_settles_where_their_groups_start()
    {
        await using (await Start(cfg =>
        {
            cfg.DeployTopologyOnly = true;
            Reader(cfg, new());
        }))
        {
        }

        Assert.Equal(new() { [0] = 0 }, await RawLog.Committed(broker.BootstrapServers, _prefix + "reader", _prefix + "things"));
        await RawLog.Write(broker.BootstrapServers, _prefix + "things", null, """{"name":"after"}""");
        var arrived = new Arrivals<string>();
        await using var app = await Start(cfg => Reader(cfg, arrived));

        Assert.Equal("after", await arrived.Next());

        static void Reader(ILogBusFactoryConfigurator cfg, Arrivals<string> arrived)
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>());
            cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
        }
    }

    [Fact]
    public async Task a_bus_that_only_deploys_may_be_stopped_the_moment_it_has_started()
    {
        for (var i = 0; i < 20; i++)
        {
            var app = await Start(cfg =>
            {
                cfg.DeployTopologyOnly = true;
                cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
            });

            await app.DisposeAsync().AsTask().Soon();
        }
    }

    [Fact]
    public async Task a_temporary_endpoint_reads_from_now_on_without_a_group()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(2).Carries<ThingHappened>(x => x.Name));
            cfg.ReceiveEndpoint(new TemporaryEndpointDefinition("watch"), null, (IReceiveEndpointConfigurator e) => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Bus.Publish(new ThingHappened("b", 1));

        Assert.Equal(["a", "b"], (await arrived.Next(2)).Order());
    }

    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => configure(cfg)));
    }

    private static Task Take<T>(Arrivals<T> arrivals, T arrival)
    {
        arrivals.Add(arrival);
        return Task.CompletedTask;
    }
}
