using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Broker.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conformance.Support;

/// <summary>
/// Which versions people's clients have sent in this run, read from the request log of every broker that a test starts in this process.
/// A client is known by the software it says it is, or, when it is too old to say so, by its client id. Raw clients of tests are none.
/// Java says neither before it has authenticated; what its connection sent until then is kept.
/// </summary>
public sealed partial class SentRequests : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<(ApiKey Api, short Version, string Client), string?> _sent = new();
    private readonly ConcurrentDictionary<EndPoint, ConcurrentBag<(ApiKey Api, short Version)>> _unnamed = new();

    private SentRequests()
    {
    }

    public static SentRequests OfThisRun { get; } = new();

    /// <summary>Everything sent; with the test that sent it where it was the only one to run at the time.</summary>
    public IReadOnlyList<Sent> All => [.. _sent.Select(s => new Sent(s.Key.Api, s.Key.Version, s.Key.Client, s.Value))];

    /// <summary>Also for what a test saw itself, on a broker that did not answer the client's greeting, which names its software.</summary>
    public void Add(ApiKey api, short version, string client) =>
        _sent.AddOrUpdate((api, version, client), _ => RunningTests.Only, (_, test) => test ?? RunningTests.Only);

    public ILogger CreateLogger(string categoryName) => categoryName == "Broker.Requests" ? this : NullLogger.Instance;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = Assert.IsType<IReadOnlyList<KeyValuePair<string, object?>>>(state, exactMatch: false).ToDictionary(v => v.Key, v => v.Value);
        var (api, version) = ((ApiKey)values["Api"]!, (short)values["Version"]!);
        var (software, clientId, address) = ((string?)values["Software"], (string?)values["ClientId"], (EndPoint)values["Client"]!);
        if (ClientOf(software, clientId) is { } client)
        {
            Add(api, version, client);
            foreach (var (earlierApi, earlierVersion) in _unnamed.TryRemove(address, out var unnamed) ? unnamed : [])
                Add(earlierApi, earlierVersion, client);
        }
        else if (software is null && clientId != RawClient.ClientId)
        {
            _unnamed.GetOrAdd(address, _ => []).Add((api, version));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Requests are kept here and nowhere else.");

    public void Dispose()
    {
    }

    private static string? ClientOf(string? software, string? clientId) =>
        software is not null && Software().Match(software) is { Success: true } known ? $"{known.Groups["name"]} {known.Groups["version"]}"
        : software is null && clientId is not null && ClientId().Match(clientId) is { Success: true } old ? $"{old.Groups["name"]} {old.Groups["version"]}"
        : null;

    [GeneratedRegex(@"^(?<name>apache-kafka-java|confluent-kafka-dotnet|librdkafka|kcat) (?<version>\S+)$")]
    private static partial Regex Software();

    [GeneratedRegex(@"^(?<name>kafkajs|kafka-python|sarama)-(?<version>\d\S*)$")]
    private static partial Regex ClientId();

    public sealed record Sent(ApiKey Api, short Version, string Client, string? Test);
}
