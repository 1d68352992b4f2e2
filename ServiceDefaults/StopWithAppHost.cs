using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Ends the process when the app host that started it is gone, <c>kill -9</c> included. The app host holds the other end of this
/// process's standard input and never writes to it; the kernel closes that end when the app host dies, however it dies.
/// </summary>
internal sealed partial class StopWithAppHost(IHostApplicationLifetime lifetime, ILogger<StopWithAppHost> logger) : IHostedService
{
    /// <summary>Set by the local app host only. Without it standard input is left alone.</summary>
    internal const string Key = "LocalHosting:StopWhenInputCloses";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A read of standard input cannot be cancelled. A background thread does not hold up the end of the process.
        new Thread(WaitForEndOfInput) { IsBackground = true, Name = "app host watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WaitForEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> discarded = stackalloc byte[64];
        while (input.Read(discarded) > 0)
        {
        }

        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogAppHostGone(logger);
        }

        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The app host is gone; stopping")]
    private static partial void LogAppHostGone(ILogger logger);
}

internal static class StopWithAppHostRegistration
{
    public static void StopWithAppHost<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        if (builder.Configuration.GetValue<bool>(Hosting.StopWithAppHost.Key))
        {
            builder.Services.AddHostedService<StopWithAppHost>();
        }
    }
}
