namespace Broker.Configuration;

/// <summary>
/// Settings that a <c>server.properties</c> for one node of Apache Kafka has and that change nothing here, because they size pools of
/// threads that this broker has not, or describe a cluster of one. They take what is true of this broker, are said in the log at
/// start, and refuse the rest: see DECISIONS.md.
/// </summary>
internal static class SettingsWithoutEffect
{
    private const string ControllerListeners = "controller.listener.names";
    private const string Voters = "controller.quorum.voters";

    public static IReadOnlyList<BrokerSetting> All { get; } =
    [
        Pool("background.threads", "10"),
        Pool("log.cleaner.threads", "1"),
        Pool("num.io.threads", "8"),
        Pool("num.network.threads", "3"),
        Pool("num.recovery.threads.per.data.dir", "2"),
        Pool("queued.max.requests", "500"),
        One("default.replication.factor"),
        One("min.insync.replicas"),
        One("offsets.topic.replication.factor") with { Type = ConfigType.Short },
        Pool("share.coordinator.state.topic.num.partitions", "50"),
        One("share.coordinator.state.topic.min.isr") with { Type = ConfigType.Short },
        One("share.coordinator.state.topic.replication.factor") with { Type = ConfigType.Short },
        One("transaction.state.log.min.isr"),
        One("transaction.state.log.replication.factor") with { Type = ConfigType.Short },
        new(ControllerListeners, ConfigType.List, o => o.ControllerListenerNames, (options, text) =>
        {
            options.ControllerListenerNames = text.Trim().ToUpperInvariant();
            options.WithoutEffect[ControllerListeners] = text;
        }),
        Text("controller.quorum.bootstrap.servers", null, CheckBootstrap) with { Type = ConfigType.List },
        Text(Voters, null, CheckVoters) with { Type = ConfigType.List },
        Text("inter.broker.listener.name", null, _ => null),
        Text("process.roles", "broker,controller", CheckRoles) with { Type = ConfigType.List },
        Text("sasl.mechanism.controller.protocol", null, _ => null),
        Text("sasl.mechanism.inter.broker.protocol", null, _ => null),
        Text("security.inter.broker.protocol", null, _ => null),
    ];

    /// <exception cref="InvalidSettingException">The one voter is another node than this.</exception>
    public static void CheckVoter(BrokerOptions options)
    {
        if (options.WithoutEffect.TryGetValue(Voters, out var voter) && !voter.StartsWith($"{options.NodeId}@", StringComparison.Ordinal))
            throw new InvalidSettingException(Voters, $"{Voters} is \"{voter}\", which is not this node: node.id is {options.NodeId}.");
    }

    private static BrokerSetting Pool(string name, string otherwise) =>
        Text(name, otherwise, v => ConfigValues.TryNumber(v, 1, int.MaxValue, out _) ? null : "a whole number from 1") with { Type = ConfigType.Int };

    private static BrokerSetting One(string name) =>
        Text(name, "1", v => v == "1" ? null : "1: there is one broker, with one replica of each partition") with { Type = ConfigType.Int };

    private static BrokerSetting Text(string name, string? otherwise, Func<string, string?> check) =>
        BrokerSetting.Text(name, o => o.WithoutEffect.TryGetValue(name, out var given) ? given : otherwise, (o, v) => o.WithoutEffect[name] = v, check);

    private static string? CheckBootstrap(string value) => IsOne(value) ? null : "the address of one controller, which is this broker";

    private static string? CheckVoters(string value) =>
        IsOne(value) && value.Contains('@', StringComparison.Ordinal) ? null : "one voter, which is this broker, as 1@localhost:9093";

    private static string? CheckRoles(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).SequenceEqual(["broker", "controller"])
            ? null
            : "broker,controller: this broker is its own controller";

    private static bool IsOne(string list) => list.Length > 0 && !list.Contains(',', StringComparison.Ordinal);
}
