using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Topics;

namespace Broker.InProcess;

/// <summary>
/// Records of a broker for code in its own process: the same checks, order and durability as for a Kafka client, without a
/// connection. Who has this object may read and write everything; access control is for clients. Safe for use by any thread.
/// </summary>
public sealed class BrokerRecords
{
    private const short ProduceVersion = 9;
    private const short AllAcks = -1;

    private readonly KeyPartitioner _partitioner = new();
    private readonly LocalCalls _calls;
    private readonly TopicCatalog _topics;
    private readonly LocalReads _reads;

    internal BrokerRecords(LocalCalls calls, TopicCatalog topics) => (_calls, _topics, _reads) = (calls, topics, new LocalReads(calls));

    /// <summary>
    /// Appends records and completes when they are on disk (acks=all). Those of one partition are one batch: all of them are stored,
    /// or none. A topic that is missing is made when <c>auto.create.topics.enable</c> says so.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="records">One or more; kept in order within a partition.</param>
    /// <param name="ct">Ends the wait; what was appended stays.</param>
    /// <returns>One result for each record, in the same order. Some may be refused while others are stored.</returns>
    /// <exception cref="BrokerRequestException">The topic does not exist.</exception>
    public async Task<IReadOnlyList<ProducedRecord>> ProduceAsync(string topic, IReadOnlyList<NewRecord> records, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count == 0)
            return [];

        var partitionCount = await PartitionsOfAsync(topic, ct).ConfigureAwait(false);
        var keyless = _partitioner.NextWithoutKey(partitionCount);
        var places = new (int Partition, int Index)[records.Count];
        var batches = new Dictionary<int, RecordBatchBuilder>();
        for (var i = 0; i < places.Length; i++)
        {
            var record = records[i];
            var partition = record.Partition ?? (record.Key is { } key ? KeyPartitioner.Of(key, partitionCount) : keyless);
            if (!batches.TryGetValue(partition, out var batch))
                batches.Add(partition, batch = new RecordBatchBuilder());
            places[i] = (partition, batch.Count);
            var timestamp = record.Timestamp ?? _calls.Time.GetUtcNow();
            batch.Add(timestamp.ToUnixTimeMilliseconds(), record.Key, record.Value, [.. record.Headers]);
        }

        var answers = await AppendAsync(topic, batches, ct).ConfigureAwait(false);
        return [.. places.Select(place => Result(place, answers[place.Partition]))];
    }

    /// <summary>
    /// Reads from one or more partitions of a topic. With a wait it completes as soon as there is something to read or the wait is
    /// over. Compacted or aborted records may leave a page without records though its positions have moved on. A partition that
    /// cannot be read says why at its position, and the others are read.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="from">Each partition once.</param>
    /// <param name="limits">How much; the defaults when null.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BrokerRequestException">Nothing could be read: topic or partitions do not exist or are offline, or offsets are outside of what they have.</exception>
    public Task<RecordPage> ReadAsync(string topic, IReadOnlyList<PartitionOffset> from, ReadLimits? limits = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(from);
        return _reads.ReadAsync(topic, from, limits ?? new ReadLimits(), ct);
    }

    /// <summary>Where partitions begin, end, or had reached at a time: one offset for each partition, in the same order.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Which.</param>
    /// <param name="place">What to look for. A time after the last record is the partition's end.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BrokerRequestException">Topic or partition do not exist.</exception>
    public Task<IReadOnlyList<PartitionOffset>> FindOffsetsAsync(
        string topic, IReadOnlyList<int> partitions, OffsetPlace place, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(partitions);
        return _reads.FindOffsetsAsync(topic, partitions, place, ct);
    }

    private async Task<int> PartitionsOfAsync(string topic, CancellationToken ct)
    {
        if (_topics.TryFind(topic, out var found))
            return found.Partitions.Count;

        var metadata = await _calls.AskAsync<MetadataRequest, MetadataResponse>(
            new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = true }, version: 9, ct).ConfigureAwait(false);
        if (_topics.TryFind(topic, out found))
            return found.Partitions.Count;

        var error = metadata.Topics[0].ErrorCode;
        throw error == ErrorCode.InvalidTopicException
            ? new BrokerRequestException(error, TopicName.Check(topic))
            : new BrokerRequestException(ErrorCode.UnknownTopicOrPartition, $"Topic '{topic}' does not exist.");
    }

    private async Task<Dictionary<int, ProduceResponse.PartitionProduceResponse>> AppendAsync(
        string topic, Dictionary<int, RecordBatchBuilder> batches, CancellationToken ct)
    {
        var request = new ProduceRequest
        {
            Acks = AllAcks,
            TimeoutMs = int.MaxValue,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = topic,
                    PartitionData = [.. batches.Select(b => new ProduceRequest.PartitionProduceData { Index = b.Key, Records = b.Value.Build() })],
                },
            ],
        };
        var response = await _calls.AskAsync<ProduceRequest, ProduceResponse>(request, ProduceVersion, ct).ConfigureAwait(false);
        return response.Responses[0].PartitionResponses.ToDictionary(p => p.Index);
    }

    private static ProducedRecord Result((int Partition, int Index) place, ProduceResponse.PartitionProduceResponse answer) =>
        answer.ErrorCode == ErrorCode.None
            ? new(place.Partition, answer.BaseOffset + place.Index, ErrorCode.None, null)
            : new(place.Partition, -1, answer.ErrorCode, answer.RecordErrors.FirstOrDefault(e => e.BatchIndex == place.Index)?.BatchIndexErrorMessage ?? answer.ErrorMessage);
}
