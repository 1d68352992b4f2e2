using System.Collections;
using System.Reflection;
using Broker.Host.Configuration;
using Broker.Host.Http;
using Broker.Host.Offline;
using Broker.Host.Telemetry;
using Microsoft.Extensions.Logging.Console;

namespace Broker.Host;

/// <summary>
/// The broker as a process: reads its settings, opens the HTTP port, starts the broker, says one line when it is ready, and waits to
/// be stopped. Standard output carries that line and nothing else; the log goes to standard error.
/// </summary>
internal sealed class BrokerProcess(TextWriter output, TextWriter error)
{
    public const int Stopped = 0;
    public const int CouldNotStart = 1;
    public const int Misconfigured = 2;

    public static string Version =>
        typeof(BrokerProcess).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <returns>The process' exit code.</returns>
    public async Task<int> RunAsync(string[] args, IDictionary environment)
    {
        try
        {
            var commandLine = CommandLine.Parse(args);
            if (commandLine.Help)
                SettingsHelp.Write(output);
            else if (commandLine.Version)
                output.WriteLine(Version);
            else
                return await RunAsync(commandLine, HostConfiguration.Read(commandLine, environment), environment).ConfigureAwait(false);
            return Stopped;
        }
        catch (RefusedConfigurationException e)
        {
            error.WriteLine(e.Message);
            return Misconfigured;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidSettingException)
        {
            error.WriteLine(e.Message);
            return CouldNotStart;
        }
    }

    private async Task<int> RunAsync(CommandLine commandLine, HostConfiguration configuration, IDictionary environment)
    {
        var inspection = new DataInspection(configuration.Broker.LogDirs, output, error);
        if (commandLine.Verify)
            return inspection.Verify();
        if (commandLine.Dump is { } dump)
            return inspection.Dump(dump);

        await ServeAsync(configuration, environment).ConfigureAwait(false);
        return Stopped;
    }

    private async Task ServeAsync(HostConfiguration configuration, IDictionary environment)
    {
        using var stop = new StopSignal(environment);
        var exports = OtlpExport.IsAsked(environment);
        using var loggerFactory = LoggerFactory.Create(logging => Log(logging, exports));
        if (configuration.Foreign.Count > 0)
            loggerFactory.CreateLogger("Broker.Host").ForeignSettings(string.Join(", ", configuration.Foreign.Select(s => $"{s.Name} {s.Source}")));
        using var metrics = exports ? OtlpExport.StartMetrics() : null;
        await using var http = configuration.Http is { } address ? await HttpPort.OpenAsync(address, loggerFactory).ConfigureAwait(false) : null;
        await using var broker = await BrokerServer.StartAsync(configuration.Broker, TimeProvider.System, loggerFactory).ConfigureAwait(false);
        if (http is { IsLoopback: false } && broker.RestrictsClients)
            loggerFactory.CreateLogger("Broker.Host").OpenBesideRestrictedClients(http.Address);
        http?.Show(broker);
        output.WriteLine(
            $"Broker {Version} ready: kafka {broker.BootstrapServers}, data {Path.GetFullPath(configuration.Broker.LogDirs)}, http {http?.Address ?? "none"}");

        await stop.Asked.ConfigureAwait(false);
        http?.Show(null);
        await broker.StopAsync().ConfigureAwait(false);
    }

    private static void Log(ILoggingBuilder logging, bool exports)
    {
        if (exports)
            OtlpExport.AddLog(logging);
        ToStandardError(logging);
    }

    private static void ToStandardError(ILoggingBuilder logging) => logging
        .AddFilter("Microsoft", LogLevel.Warning)
        // A start that fails is told in one sentence by whoever failed.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        })
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
