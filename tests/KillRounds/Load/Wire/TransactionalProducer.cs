using Broker.Protocol;
using Broker.Protocol.Messages;
using KillRounds.Histories;

namespace KillRounds.Load.Wire;

/// <summary>
/// A producer of the second dialect of transactions (KIP-890), as Java's: a write adds its partition, the answer to the end brings the
/// next epoch. What gets no answer is sent again as it was, which the broker has to recognize; one time in a few the producer dies
/// instead, as its process would, so that a successor has to end what it left.
/// </summary>
internal sealed class TransactionalProducer(string id, BrokerLink link, Random random, Progress progress)
{
    private const short ProduceVersion = 13;
    private const int TimeoutMs = 10_000;
    private const int OneDeathIn = 4;

    private readonly Dictionary<string, Guid> _topicIds = new(StringComparer.Ordinal);
    private readonly Dictionary<Place, int> _sequences = [];

    /// <summary>By its id and epoch, which change with every transaction.</summary>
    public TransactionalRequests Requests { get; private set; } = new(id, -1, -1);

    /// <summary>Ends whatever a producer of this id left open, and fences it.</summary>
    public async Task InitAsync(CancellationToken stop)
    {
        var request = new InitProducerIdRequest { TransactionalId = id, TransactionTimeoutMs = TimeoutMs };
        while (true)
        {
            var answer = await link.AskUntilAnsweredAsync<InitProducerIdRequest, InitProducerIdResponse>(request, 5, stop);
            if (answer.ErrorCode == ErrorCode.None)
            {
                Become(answer.ProducerId, answer.ProducerEpoch);
                return;
            }

            if (!IsPassing(answer.ErrorCode))
                throw new InvalidOperationException($"{id} was refused an id: {answer.ErrorCode}");
        }
    }

    public async Task LearnTopicsAsync(IEnumerable<string> topics, CancellationToken stop)
    {
        var request = new MetadataRequest { Topics = [.. topics.Select(t => new MetadataRequest.MetadataRequestTopic { Name = t })] };
        var answer = await link.AskUntilAnsweredAsync<MetadataRequest, MetadataResponse>(request, 12, stop);
        foreach (var topic in answer.Topics)
            _topicIds[topic.Name!] = topic.TopicId;
    }

    public Guid IdOf(string topic) => _topicIds[topic];

    /// <summary>One batch for each place, in one request.</summary>
    /// <returns>The first offset of each.</returns>
    /// <exception cref="TransactionLostException"/>
    public async Task<IReadOnlyDictionary<Place, long>> ProduceAsync(IReadOnlyList<Hop> hops)
    {
        var batches = hops.GroupBy(h => h.Place).ToList();
        var request = Requests.Produce(batches, place => _sequences.GetValueOrDefault(place), _topicIds, TimeoutMs);
        var answer = await AskAsync<ProduceRequest, ProduceResponse>(
            request, ProduceVersion, a => a.Responses.SelectMany(r => r.PartitionResponses).Select(p => p.ErrorCode));
        foreach (var batch in batches)
            _sequences[batch.Key] = _sequences.GetValueOrDefault(batch.Key) + batch.Count();
        var names = _topicIds.ToDictionary(t => t.Value, t => t.Key);
        return answer.Responses.SelectMany(r => r.PartitionResponses.Select(p => (Place: new Place(names[r.TopicId], p.Index), p.BaseOffset)))
            .ToDictionary(p => p.Place, p => p.BaseOffset);
    }

    /// <exception cref="TransactionLostException"/>
    public Task CommitPositionsAsync(string group, IReadOnlyDictionary<Place, long> positions) => AskAsync<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(
        Requests.CommitPositions(group, positions), 5, a => a.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));

    /// <exception cref="TransactionLostException">Who asked for a commit does not know whether it was carried out.</exception>
    public async Task EndAsync(bool commit)
    {
        var answer = await AskAsync<EndTxnRequest, EndTxnResponse>(Requests.End(commit), 5, a => [a.ErrorCode]);
        Become(answer.ProducerId, answer.ProducerEpoch);
    }

    /// <summary>Whether a producer of an earlier id and epoch is refused, as it must be.</summary>
    /// <exception cref="LinkBrokenException"/>
    public async Task<bool> RefusesAsync(TransactionalRequests earlier, Hop hop)
    {
        var request = earlier.Produce([.. new[] { hop }.GroupBy(h => h.Place)], _ => 0, _topicIds, TimeoutMs);
        var answer = await link.AskAsync<ProduceRequest, ProduceResponse>(request, ProduceVersion);
        return answer.Responses[0].PartitionResponses[0].ErrorCode != ErrorCode.None;
    }

    private void Become(long producerId, short epoch)
    {
        Requests = new TransactionalRequests(id, producerId, epoch);
        _sequences.Clear();
    }

    private async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version, Func<TResponse, IEnumerable<ErrorCode>> errors)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        while (true)
        {
            try
            {
                var answer = await link.AskAsync<TRequest, TResponse>(request, version);
                var failed = errors(answer).Where(e => e != ErrorCode.None).ToList();
                if (failed.Count == 0)
                    return answer;
                if (failed.Any(IsFenced))
                    throw new TransactionLostException($"{id} was fenced: {string.Join(", ", failed)}");
                if (!failed.All(IsPassing))
                    throw new InvalidOperationException($"{Requests}: {typeof(TRequest).Name} was answered {string.Join(", ", failed)}");
            }
            catch (LinkBrokenException) when (random.Next(OneDeathIn) != 0)
            {
                progress.Did(Deed.Repeated);
            }
            catch (LinkBrokenException e)
            {
                throw new TransactionLostException($"{id} dies, waiting for the answer to {typeof(TRequest).Name}: {e.Message}");
            }
        }
    }

    /// <summary>The transaction took too long, or an InitProducerId that was given up was carried out all the same.</summary>
    private static bool IsFenced(ErrorCode error) => error is ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch;

    private static bool IsPassing(ErrorCode error) => error is ErrorCode.ConcurrentTransactions or ErrorCode.CoordinatorNotAvailable
        or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator or ErrorCode.NotLeaderOrFollower or ErrorCode.RequestTimedOut;
}
