using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Diagnostics;

/// <summary>
/// What one connection asks and what goes through it: the source of <see cref="ConnectionDescription"/>. Kept by the way, without
/// allocating for a request. Safe for use by any thread.
/// </summary>
internal sealed class ConnectionActivity(TimeProvider time, Traffic allFetched)
{
    private readonly DateTimeOffset _openedAt = time.GetUtcNow();
    private readonly Traffic _produced = new(time);
    private readonly Traffic _fetched = new(time);
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

    /// <summary>A request was handled. Looks at those that carry records, and at the greeting.</summary>
    public void Answered<TRequest, TResponse>(TRequest request, TResponse? response)
    {
        switch (request)
        {
            case ProduceRequest produce:
                Produced(produce, response as ProduceResponse);
                break;
            case FetchRequest when response is FetchResponse fetched:
                Fetched(fetched);
                break;
            case ApiVersionsRequest { ClientSoftwareName.Length: > 0 } greeting:
                _software = $"{greeting.ClientSoftwareName} {greeting.ClientSoftwareVersion}";
                break;
        }
    }

    public ConnectionDescription Describe(string address, string listener, string principal, Func<Guid, string?> nameOf) => new(
        _clientId, _software, address, listener, principal, _openedAt, new DateTimeOffset(Volatile.Read(ref _lastTicks), TimeSpan.Zero),
        Volatile.Read(ref _requests), _produced.Describe(nameOf), _fetched.Describe(nameOf));

    /// <summary>The answer has the order of the request. Without acks there is none, and what was refused closed the connection.</summary>
    private void Produced(ProduceRequest request, ProduceResponse? response)
    {
        if (response is null)
            return;

        for (var i = 0; i < response.Responses.Count; i++)
        {
            var topic = response.Responses[i];
            for (var j = 0; j < topic.PartitionResponses.Count; j++)
            {
                if (topic.PartitionResponses[j].ErrorCode == ErrorCode.None)
                    _produced.Add(topic.TopicId, topic.Name, request.TopicData[i].PartitionData[j].Records?.Length ?? 0);
            }
        }
    }

    private void Fetched(FetchResponse response)
    {
        foreach (var topic in response.Responses)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.Records.Length == 0)
                    continue;
                _fetched.Add(topic.TopicId, topic.Topic, partition.Records.Length);
                allFetched.Add(topic.TopicId, topic.Topic, partition.Records.Length);
            }
        }
    }
}
