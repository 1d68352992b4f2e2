using System.Collections.Concurrent;
using Broker.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Broker.Tests.Support;

/// <summary>Keeps what was logged, one line a message.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> Lines => _lines;

    /// <summary>Whether to keep the line for every request, which costs objects and which nobody has by default.</summary>
    public bool KeepsRequests { get; set; }

    /// <summary>Completes when a line has the text: what a client sees may come a moment before what the log says of it.</summary>
    public async Task WaitForAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!Lines.Any(l => l.Contains(text, StringComparison.Ordinal)))
        {
            Assert.False(patience.IsCancellationRequested, $"\"{text}\" is not in the log:\n{string.Join('\n', Lines)}");
            await Task.Yield();
        }
    }

    public ILogger CreateLogger(string categoryName) => categoryName == RequestLog.Category ? new OfRequests(this) : this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("What is logged goes to the test alone.");

    public void Dispose()
    {
    }

    private sealed class OfRequests(RecordedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => log.KeepsRequests;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception, formatter);
    }
}
