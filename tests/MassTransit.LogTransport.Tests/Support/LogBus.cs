namespace MassTransit.LogTransport.Tests.Support;

/// <summary>How tests configure a bus over the log: quick groups, and topic names that no other test has.</summary>
public static class LogBus
{
    public static string NewPrefix() => $"t{Guid.NewGuid():N}."[..9] + ".";

    public static void UsingTestLog(this IBusRegistrationConfigurator configurator, string bootstrapServers, string prefix,
        Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? configure = null, Action<ILogHostConfigurator>? host = null)
    {
        configurator.UsingLog((context, cfg) =>
        {
            cfg.Host(bootstrapServers, x =>
            {
                x.Prefix(prefix);
                x.ApplicationName("test");
                x.ConsumerSetting("session.timeout.ms", "6000");
                x.ConsumerSetting("heartbeat.interval.ms", "500");
                host?.Invoke(x);
            });
            cfg.DefaultPartitions(2);
            configure?.Invoke(context, cfg);
        });
    }
}
