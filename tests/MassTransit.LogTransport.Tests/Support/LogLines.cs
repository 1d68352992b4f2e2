using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>What an application logs, for tests of what it says.</summary>
public sealed class LogLines : ILoggerProvider
{
    private readonly Arrivals<string> _lines = new();

    public void Register(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(this);

    /// <summary>The next line that has this in it.</summary>
    public async Task<string> Next(string text)
    {
        for (; ; )
        {
            if (await _lines.Next() is var line && line.Contains(text, StringComparison.Ordinal))
                return line;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(_lines);

    public void Dispose()
    {
    }

    private sealed class Logger(Arrivals<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
