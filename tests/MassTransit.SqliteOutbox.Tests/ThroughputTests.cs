using System.Diagnostics;
using Broker;
using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox.Tests;

/// <summary>How fast is printed and not asserted: DECISIONS.md has the figures. Asserted is that nothing is lost or doubled at full speed.</summary>
public sealed class ThroughputTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int WarmUp = 2_000;
    private const int Messages = 5_000;

    /// <summary>Only a way to fail, on the slowest machine.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly SqliteTestDatabase _database = new();
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("outbox-broker-");

    [Theory]
    [InlineData(1, false)]
    [InlineData(100, false)]
    [InlineData(100, true)]
    public async Task five_thousand_messages_with_an_effect_an_inbox_and_an_outbox_row_each(int maxGroupMessages, bool overTheLog)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");

        await using BrokerServer? broker = overTheLog
            ? await BrokerServer.StartAsync(new BrokerOptions { Listeners = "PLAINTEXT://127.0.0.1:0", LogDirs = _logs.FullName, GroupInitialRebalanceDelayMs = 0 })
            : null;
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus =>
        {
            bus.AddSingleton(new BookPlan());
            bus.AddConsumer<BookConsumer>();
        }, options => options.MaxGroupMessages = maxGroupMessages, concurrency: 64, bootstrapServers: broker?.BootstrapServers);
        var acknowledged = new Acknowledgements(app, "book");

        await Send(app, 0, WarmUp);
        await app.Wire.Until(seen => seen.Count == WarmUp, Deadline);
        long started = Stopwatch.GetTimestamp();
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        await Send(app, WarmUp, Messages);
        await acknowledged.Reach(WarmUp + Messages, Deadline);
        TimeSpan consumed = Stopwatch.GetElapsedTime(started);
        await app.Wire.Until(seen => seen.Count == WarmUp + Messages, Deadline);
        TimeSpan delivered = Stopwatch.GetElapsedTime(started);
        processor = Process.GetCurrentProcess().TotalProcessorTime - processor;

        output.WriteLine($"{(overTheLog ? "log" : "in memory")}, {maxGroupMessages} in a group: {Messages / consumed.TotalSeconds:0} consumed/s, {Messages / delivered.TotalSeconds:0} delivered/s, " +
            $"{processor.TotalMicroseconds / Messages:0} µs of processor time each");
        Assert.Equal(WarmUp + Messages, _database.Read(context => context.Entries.Count()));
        Assert.Equal(WarmUp + Messages, _database.Read(context => context.Inbox.Count()));
        Assert.Equal(WarmUp + Messages, app.Wire.Texts.Distinct().Count());
        Assert.Equal(WarmUp + Messages, app.Wire.Messages.Count);
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _logs.Delete(recursive: true);
    }

    private static Task Send(LedgerApp app, int from, int count) =>
        Task.WhenAll(Enumerable.Range(from, count).Select(number => app.Send("book", new Book($"{number}"))));
}
