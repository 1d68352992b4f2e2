using MassTransit;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A process with a bus, to be killed or frozen by a test: it owns its share of the schedule, or copies steps. It logs to standard output, a line each.
var (bootstrapServers, prefix, transactions, copies) = (args[0], args[1], bool.Parse(args[2]), bool.Parse(args[3]));

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders().AddSimpleConsole(x => x.SingleLine = true);
builder.Services.AddMassTransit(x =>
{
    x.DisableUsageTelemetry();
    x.UsingLog((_, cfg) =>
    {
        cfg.Host(bootstrapServers, host =>
        {
            host.Prefix(prefix);
            host.ApplicationName("child");
            host.ConsumerSetting("session.timeout.ms", "6000");
            host.ConsumerSetting("heartbeat.interval.ms", "500");
        });
        cfg.Scheduler(scheduler => (scheduler.UseTransactions, scheduler.Enabled) = (transactions, !copies));

        if (copies)
            Copying.Configure(cfg, transactions);
    });
});

await builder.Build().RunAsync();
