using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Serialization;

namespace MassTransit.LogTransport.Receiving;

/// <summary>Which topics an endpoint reads, and which of their records are for it. Decided on headers alone, before anything is deserialized.</summary>
internal sealed class Subscriptions
{
    private const int MaxRememberedTypes = 1000;
    private readonly bool _acceptsAnyType;
    private readonly HandledTypes _handled;
    private readonly string _prefix;
    private readonly string? _instance;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _messageTopics;
    private readonly ConcurrentDictionary<string, bool> _handledTypeLists = new(StringComparer.Ordinal);

    public Subscriptions(LogHostConfiguration hostConfiguration, LogReceiveSettings settings, IEnumerable<string> messageTopics, HandledTypes handled)
    {
        _prefix = hostConfiguration.Settings.TopicPrefix;
        _instance = settings.Instance;
        _time = hostConfiguration.Settings.Time;
        _handled = handled;
        OwnTopic = _prefix + settings.Name;
        _messageTopics = messageTopics.Select(x => _prefix + x).Where(x => x != OwnTopic).ToHashSet(StringComparer.Ordinal);

        // Requests connect the types of their answers while the endpoint runs.
        _acceptsAnyType = _messageTopics.Count == 0 && _instance != null;
    }

    /// <summary>Direct sends: the endpoint's own topic, or the reply topic it shares.</summary>
    public string OwnTopic { get; }

    /// <summary>Names on the broker, without the own topic.</summary>
    public IReadOnlyCollection<string> MessageTopics => _messageTopics;

    public IReadOnlyCollection<string> All => [OwnTopic, .. _messageTopics];

    public RecordVerdict Judge(ConsumeResult<byte[]?, byte[]?> record)
    {
        var headers = record.Message.Headers;
        var isDirect = record.Topic == OwnTopic && !_messageTopics.Contains(record.Topic);

        if (record.Message.Value == null)
            return RecordVerdict.Drop(DropReason.Tombstone);

        if (_instance != null && isDirect && RecordText.FromBytes(record.Message.Key) != _instance)
            return RecordVerdict.Drop(DropReason.OtherInstance);

        if (IsCopy(record.Topic, Text(headers, RecordHeaderNames.Topics)))
            return RecordVerdict.Drop(DropReason.FanOutCopy);

        if (IsExpired(Text(headers, RecordHeaderNames.Expires)))
            return RecordVerdict.Drop(DropReason.Expired);

        if (Text(headers, RecordHeaderNames.Types) is { } types)
            return isDirect || _acceptsAnyType || Handles(types) ? RecordVerdict.Handle(types) : RecordVerdict.Drop(DropReason.NoHandler);

        var inferred = _handled.Infer(WithoutPrefix(record.Topic), Text(headers, RecordHeaderNames.MessageType));

        return inferred != null || isDirect ? RecordVerdict.Handle(inferred) : RecordVerdict.Drop(DropReason.NoHandler);
    }

    /// <summary>Of the copies of one message an endpoint takes that of the first topic it reads.</summary>
    private bool IsCopy(string topic, string? topics)
    {
        if (topics == null)
            return false;

        foreach (var candidate in topics.Split(RecordHeaderNames.ListSeparator))
        {
            if (candidate == topic)
                return false;
            if (candidate == OwnTopic || _messageTopics.Contains(candidate))
                return true;
        }

        return false;
    }

    private bool Handles(string types)
    {
        if (_handledTypeLists.TryGetValue(types, out var handled))
            return handled;

        handled = _handled.HandlesAny(types.Split(RecordHeaderNames.ListSeparator));

        if (_handledTypeLists.Count < MaxRememberedTypes)
            _handledTypeLists.TryAdd(types, handled);

        return handled;
    }

    private string WithoutPrefix(string topic) => topic.StartsWith(_prefix, StringComparison.Ordinal) ? topic[_prefix.Length..] : topic;

    private bool IsExpired(string? expires)
    {
        return DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time <= _time.GetUtcNow();
    }

    private static string? Text(Confluent.Kafka.Headers? headers, string name)
    {
        return headers != null && headers.TryGetLastBytes(name, out var bytes) ? RecordText.FromBytes(bytes) : null;
    }
}

/// <summary>What is to be done with a record.</summary>
internal readonly record struct RecordVerdict
{
    /// <summary>Null when the record is to be handled.</summary>
    public DropReason? Dropped { get; private init; }

    /// <summary>The urns of the record's types, as told by its headers or found out; null when unknown.</summary>
    public string? Types { get; private init; }

    public static RecordVerdict Handle(string? types) => new() { Types = types };

    public static RecordVerdict Drop(DropReason reason) => new() { Dropped = reason };
}

/// <summary>Why a record is counted and passed over.</summary>
internal enum DropReason
{
    /// <summary>No consumer of the endpoint handles its type.</summary>
    NoHandler,

    /// <summary>The endpoint takes another copy of the same published message.</summary>
    FanOutCopy,

    /// <summary>Its time to live is over.</summary>
    Expired,

    /// <summary>It has no value: it only deletes its key from a compacted topic.</summary>
    Tombstone,

    /// <summary>On the reply topic, for another process.</summary>
    OtherInstance,
}
