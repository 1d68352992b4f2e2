namespace MassTransit.LogTransport.Tests.Support;

/// <summary>As the tests know them.</summary>
internal sealed record Step(string Key, int Number);

internal sealed record Copied(string Key, int Number);

/// <summary>An endpoint that publishes a copy of each step.</summary>
internal static class Copying
{
    public static void Configure(ILogBusFactoryConfigurator cfg, bool transactions)
    {
        cfg.Topic("steps", t => t.Carries<Step>(x => x.Key));
        cfg.Topic("copies", t => t.Carries<Copied>(x => x.Key));
        cfg.ReceiveEndpoint("copying", e =>
        {
            if (transactions)
                e.UseKafkaTransactions(t => t.TransactionTimeout = TimeSpan.FromSeconds(5));

            e.Handler<Step>(x => x.Publish(new Copied(x.Message.Key, x.Message.Number)));
        });
    }
}
