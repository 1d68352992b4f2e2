using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>What cannot be meant is refused with a sentence that names the setting, before anything is sent.</summary>
public sealed class BadConfigurationTests(SharedBroker broker)
{
    private const string Rule = "is not a topic name: letters, digits, '.', '_' and '-' are allowed, at most 249 of them";
    private readonly string _prefix = LogBus.NewPrefix();

    public static TheoryData<string, Action<ILogBusFactoryConfigurator>> Names { get; } = new()
    {
        { $"Topic: 'bad name' {Rule}.", cfg => cfg.Topic("bad name", _ => { }) },
        { $"Prefix: 'bad/' {Rule}.", cfg => cfg.Host("localhost:9092", x => x.Prefix("bad/")) },
        { $"ApplicationName: '' {Rule}.", cfg => cfg.Host("localhost:9092", x => x.ApplicationName("")) },
        { $"GroupInstanceId: 'a b' {Rule}.", cfg => cfg.Host("localhost:9092", x => x.GroupInstanceId("a b")) },
        { $"Scheduler: 'bad name' {Rule}.", cfg => cfg.Scheduler(x => x.Topic = "bad name") },
        { $"Subscribe: '..' {Rule}.", cfg => cfg.ReceiveEndpoint("reader", e => e.Subscribe("..")) },
        { $"needs the topic 'bad name', which {Rule}", cfg => cfg.ReceiveEndpoint("bad name", _ => { }) },
        { $"needs the topic '{new string('x', 245)}_skipped', which {Rule}", cfg => cfg.ReceiveEndpoint(new string('x', 245), _ => { }) },
        { $"'{new string('x', 240)}' is not a topic name together with the prefix 'production.': letters", cfg =>
        {
            cfg.Host("localhost:9092", x => x.Prefix("production."));
            cfg.Topic(new string('x', 240), _ => { });
        } },
        { $"GadgetMade: its entity name 'gadgets made', from [EntityName], SetEntityName or the entity name formatter, {Rule}.",
            cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<GadgetMade>(_ => Task.CompletedTask)) },
        { $"Step: its entity name 'bad name', from [EntityName], SetEntityName or the entity name formatter, {Rule}.", cfg =>
        {
            cfg.Message<Step>(x => x.SetEntityName("bad name"));
            cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(_ => Task.CompletedTask));
        } },
        { "Host: 'nowhere' does not name a broker, expected host:port.", cfg => cfg.Host("nowhere") },
        { "Host: no broker is named, expected host:port", cfg => cfg.Host(" , ") },
        { "'group.instance.id' is set by GroupInstanceId.", cfg => cfg.Host("localhost:9092", x => x.ConsumerSetting("group.instance.id", "one")) },
        { "'group.protocol' is set by UseConsumerProtocol.", cfg => cfg.Host("localhost:9092", x => x.ConsumerSetting("group.protocol", "consumer")) },
        { "HomelessConsumer consumes Homeless, which cannot be a message: Messages types must have a valid namespace: Homeless",
            cfg => cfg.ReceiveEndpoint("reader", e => e.Consumer<HomelessConsumer>()) },
        { "HomelessBatchConsumer consumes Homeless, which cannot be a message: Messages types must have a valid namespace: Homeless",
            cfg => cfg.ReceiveEndpoint("reader", e => e.Consumer<HomelessBatchConsumer>()) },
        { "Messages types must have a valid namespace: Homeless", cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<Homeless>(_ => Task.CompletedTask)) },
        { "Messages types must have a valid namespace: Homeless", cfg => cfg.Topic("things", t => t.Carries<Homeless>()) },
    };

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public void a_name_or_type_that_cannot_be_used_is_refused_with_the_setting_it_came_by(string sentence, Action<ILogBusFactoryConfigurator> configure)
    {
        var refused = Assert.ThrowsAny<Exception>(() => Bus.Factory.CreateUsingLog(configure));

        Assert.Contains(sentence, (refused.InnerException ?? refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_registered_consumer_of_a_type_without_a_namespace_is_refused_too()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => BusApp.StartAsync(x =>
        {
            x.AddConsumer<HomelessConsumer>();
            x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) => cfg.ConfigureEndpoints(context));
        }));

        Assert.Contains("HomelessConsumer consumes Homeless, which cannot be a message", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_published_or_sent_under_an_illegal_name_is_refused_with_the_name()
    {
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix));

        var published = await Assert.ThrowsAsync<ConfigurationException>(() => app.Bus.Publish(new GadgetMade("a")));
        var sent = await Assert.ThrowsAsync<ArgumentException>(() => app.Bus.GetSendEndpoint(new Uri("queue:bad name")));
        var scheme = await Assert.ThrowsAsync<ArgumentException>(() => app.Bus.GetSendEndpoint(new Uri("rabbitmq://broker/orders")));

        Assert.Contains($"its entity name 'gadgets made', from [EntityName], SetEntityName or the entity name formatter, {Rule}", published.Message, StringComparison.Ordinal);
        Assert.Contains($"The address 'queue:bad name' names '{_prefix}bad name', which {Rule}", sent.Message, StringComparison.Ordinal);
        Assert.Contains("'rabbitmq://broker/orders' is no address of the log: queue:name, topic:name, exchange:name and log://host/name are", scheme.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task topics_that_differ_in_dots_and_underscores_only_are_warned_of()
    {
        var lines = new LogLines();
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
            cfg.ReceiveEndpoint("order.events", e => e.Handler<Step>(_ => Task.CompletedTask)), host => host.SendTimeout(TimeSpan.FromSeconds(1))), services: lines.Register);

        var endpoint = await app.Bus.GetSendEndpoint(new Uri("queue:order_events"));
        var sending = endpoint.Send(new Step("a", 1));

        Assert.Equal($"Warning: The topics '{_prefix}order_events' and '{_prefix}order.events' differ in nothing but '.' and '_', which are the same in Kafka's metrics: brokers refuse to create the second",
            await lines.Next("differ in nothing but"));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => sending.Soon());
        Assert.Contains("collide", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_kill_switch_that_restarts_when_others_have_a_static_members_partitions_is_warned_of(bool onBus)
    {
        var lines = new LogLines();
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            if (onBus)
                cfg.UseKillSwitch();
            cfg.ReceiveEndpoint("switched", e =>
            {
                if (!onBus)
                    e.UseKillSwitch();
                e.Handler<Step>(_ => Task.CompletedTask);
            });
        }, host => host.GroupInstanceId("one")), services: lines.Register);

        Assert.Equal("Warning: switched: a kill switch restarts it after 00:01:00, when others have its partitions, which are kept for 00:00:06 (session.timeout.ms); make that longer, or the kill switch's RestartTimeout shorter",
            await lines.Next("a kill switch"));
    }
}
