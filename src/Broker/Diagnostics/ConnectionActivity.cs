using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>
/// What one connection asks and what goes through it: the source of <see cref="ConnectionDescription"/>. Kept by the way, without
/// allocating for a request. Safe for use by any thread.
/// </summary>
internal sealed class ConnectionActivity(TimeProvider time, TopicCatalog topics)
{
    private readonly DateTimeOffset _openedAt = time.GetUtcNow();
    private readonly Traffic _produced = new(time, topics);
    private readonly Traffic _fetched = new(time, topics);
    private volatile string? _clientId;
    private volatile string? _software;
    private long _requests;
    private long _lastTicks = time.GetUtcNow().UtcTicks;

    /// <summary>Name and version of the client library, as it says itself; null until it has.</summary>
    public string? Software => _software;

    /// <summary>A request has come.</summary>
    public void Asked(in RequestHeader header)
    {
        _clientId = header.ClientId;
        Interlocked.Increment(ref _requests);
        Volatile.Write(ref _lastTicks, time.GetUtcNow().UtcTicks);
    }

    /// <summary>Records were stored, whether or not an answer says so.</summary>
    public void Produced(Topic topic, long bytes) => _produced.Add(topic, bytes);

    /// <summary>A request was handled. Looks at answers that carry records, and at the greeting.</summary>
    public void Answered<TRequest, TResponse>(TRequest request, TResponse? response)
    {
        switch (request)
        {
            case FetchRequest when response is FetchResponse fetched:
                Fetched(fetched);
                break;
            case ApiVersionsRequest { ClientSoftwareName.Length: > 0 } greeting:
                _software = $"{greeting.ClientSoftwareName} {greeting.ClientSoftwareVersion}";
                break;
        }
    }

    public ConnectionDescription Describe(string address, string listener, string principal) => new(
        _clientId, _software, address, listener, principal, _openedAt, new DateTimeOffset(Volatile.Read(ref _lastTicks), TimeSpan.Zero),
        Volatile.Read(ref _requests), _produced.Describe(), _fetched.Describe());

    private void Fetched(FetchResponse response)
    {
        for (var i = 0; i < response.Responses.Count; i++)
        {
            var answer = response.Responses[i];
            if (!(answer.TopicId != Guid.Empty ? topics.TryFind(answer.TopicId, out var topic) : topics.TryFind(answer.Topic, out topic)))
                continue;
            for (var j = 0; j < answer.Partitions.Count; j++)
            {
                var data = answer.Partitions[j];
                if (topic.TryGetPartition(data.PartitionIndex, out var partition))
                    partition.Counts.Fetched(data.Records.Length, data.ErrorCode);
                if (data.Records.Length > 0)
                    _fetched.Add(topic, data.Records.Length);
            }
        }
    }
}
