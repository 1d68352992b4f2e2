using System.Buffers;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;

namespace Broker.InProcess;

/// <summary>Reading for <see cref="BrokerRecords"/>: asks Fetch and ListOffsets and makes records of what they answer.</summary>
internal sealed class LocalReads(LocalCalls calls)
{
    private const short FetchVersion = 12;
    private const short ListOffsetsVersion = 7;
    private const sbyte ReadCommitted = 1;

    public async Task<RecordPage> ReadAsync(string topic, IReadOnlyList<PartitionOffset> from, ReadLimits limits, CancellationToken ct)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = (int)limits.Wait.TotalMilliseconds,
            MinBytes = 1,
            MaxBytes = limits.MaxBytes,
            IsolationLevel = limits.CommittedOnly ? ReadCommitted : (sbyte)0,
            Topics =
            [
                new FetchRequest.FetchTopic
                {
                    Topic = topic,
                    Partitions = [.. from.Select(p => new FetchRequest.FetchPartition
                    {
                        Partition = p.Partition,
                        FetchOffset = p.Offset,
                        PartitionMaxBytes = limits.MaxBytes,
                    })],
                },
            ],
        };
        var response = await calls.AskAsync<FetchRequest, FetchResponse>(request, FetchVersion, ct).ConfigureAwait(false);
        var partitions = response.Responses.SelectMany(t => t.Partitions).ToList();
        try
        {
            return Page(topic, from, partitions, limits);
        }
        finally
        {
            foreach (var partition in partitions)
                (partition.Records.Source as IDisposable)?.Dispose();
        }
    }

    public async Task<IReadOnlyList<PartitionOffset>> FindOffsetsAsync(
        string topic, IReadOnlyList<int> partitions, OffsetPlace place, CancellationToken ct)
    {
        var found = await ListAsync(topic, partitions, place, ct).ConfigureAwait(false);
        if (found.TrueForAll(p => p.Offset >= 0))
            return found;

        var ends = await ListAsync(topic, partitions, OffsetPlace.Latest, ct).ConfigureAwait(false);
        return [.. found.Zip(ends, (at, end) => at.Offset >= 0 ? at : end)];
    }

    private async Task<List<PartitionOffset>> ListAsync(string topic, IReadOnlyList<int> partitions, OffsetPlace place, CancellationToken ct)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics =
            [
                new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = topic,
                    Partitions = [.. partitions.Select(p => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = p, Timestamp = place.Timestamp })],
                },
            ],
        };
        var response = await calls.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(request, ListOffsetsVersion, ct).ConfigureAwait(false);
        var answers = response.Topics[0].Partitions;
        foreach (var answer in answers)
            BrokerRequestException.ThrowIfError(answer.ErrorCode, Refusal(answer.ErrorCode, topic, answer.PartitionIndex));
        return [.. answers.Select(a => new PartitionOffset(a.PartitionIndex, a.Offset))];
    }

    private static RecordPage Page(
        string topic, IReadOnlyList<PartitionOffset> from, List<FetchResponse.PartitionData> partitions, ReadLimits limits)
    {
        var records = new List<StoredRecord>();
        var positions = new List<ReadPosition>();
        for (var i = 0; i < partitions.Count; i++)
        {
            var data = partitions[i];
            if (data.ErrorCode != ErrorCode.None)
            {
                positions.Add(new ReadPosition(data.PartitionIndex, from[i].Offset, -1, -1)
                {
                    Error = data.ErrorCode,
                    Message = Refusal(data.ErrorCode, topic, data.PartitionIndex),
                });
                continue;
            }

            var next = Decode(data, from[i].Offset, limits, records);
            var end = limits.CommittedOnly ? data.LastStableOffset : data.HighWatermark;
            positions.Add(new ReadPosition(data.PartitionIndex, next, data.LogStartOffset, end));
        }

        if (positions.Count > 0 && positions.TrueForAll(p => p.Error != ErrorCode.None))
            throw new BrokerRequestException(positions[0].Error, positions[0].Message);
        return new RecordPage(records, positions);
    }

    /// <summary>Where the next read begins.</summary>
    private static long Decode(FetchResponse.PartitionData data, long from, ReadLimits limits, List<StoredRecord> records)
    {
        if (data.Records.Length == 0)
            return from;
        if (data.Records.Source is not LogSlice slice)
            return BatchDecoding.Decode(data.Records.Bytes.Span, data, from, limits.MaxRecords, records);

        var copy = ArrayPool<byte>.Shared.Rent(slice.Length);
        try
        {
            slice.CopyTo(copy.AsSpan(0, slice.Length));
            return BatchDecoding.Decode(copy.AsSpan(0, slice.Length), data, from, limits.MaxRecords, records);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static string? Refusal(ErrorCode error, string topic, int partition) => error switch
    {
        ErrorCode.UnknownTopicOrPartition => $"There is no partition {partition} of a topic '{topic}'.",
        ErrorCode.OffsetOutOfRange => $"The offset is outside of what partition {partition} of '{topic}' has.",
        ErrorCode.KafkaStorageError => $"Partition {partition} of '{topic}' cannot be read: its log is offline or damaged.",
        _ => null,
    };
}
