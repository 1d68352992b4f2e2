using System.Globalization;
using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using KillRounds.Histories;
using KillRounds.Load.Wire;

namespace KillRounds.Load;

/// <summary>
/// An idempotent producer with five batches on the way, mostly to one partition. When the connection breaks it sends all of them
/// again, in order, as Java's does; those that were stored already the broker must know, and say where they are. Its records are about
/// what happened days ago, which is no reason to forget who sent them.
/// </summary>
internal sealed class PipelinedWriter(string name, string bootstrapServers, Topics topics, History history, Progress progress)
{
    private const short ProduceVersion = 12;
    private const int OnTheWay = 5;
    private const int MostPerBatch = 3;
    private static readonly TimeSpan Age = TimeSpan.FromDays(2);
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(20);

    private readonly Queue<Batch> _batches = [];
    private readonly int[] _sequences = new int[Topics.NumberPartitions];
    private long _producerId;
    private short _epoch;
    private int _records;
    private int _made;

    public async Task RunAsync(CancellationToken stop)
    {
        await InitAsync();
        while (!stop.IsCancellationRequested || _batches.Count > 0)
        {
            try
            {
                using var raw = await RawClient.ConnectAsync(bootstrapServers);
                await SendAgainAsync(raw);
                await GoOnAsync(raw, stop);
            }
            catch (Exception e) when (BrokerLink.IsBroken(e))
            {
                await Task.Delay(Backoff, CancellationToken.None);
            }
        }
    }

    private async Task InitAsync()
    {
        using var link = new BrokerLink(bootstrapServers, progress);
        var answer = await link.AskUntilAnsweredAsync<InitProducerIdRequest, InitProducerIdResponse>(new(), 4, CancellationToken.None);
        (_producerId, _epoch) = (answer.ProducerId, answer.ProducerEpoch);
    }

    /// <summary>What the log ends at before: a batch that turns out to be below was stored the first time.</summary>
    private async Task SendAgainAsync(RawClient raw)
    {
        if (_batches.Count == 0)
            return;
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = topics.Numbers, Partitions = [.. Enumerable.Range(0, Topics.NumberPartitions).Select(p => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = p, Timestamp = -1 })] }],
        };
        var answer = await BrokerLink.AnswerOrCloseAsync(raw.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(request, 7), raw, progress);
        var ends = answer.Topics[0].Partitions.ToDictionary(p => p.PartitionIndex, p => p.Offset);
        foreach (var batch in _batches)
        {
            batch.EndBefore = ends[batch.Place.Partition];
            await SendAsync(raw, batch);
        }
    }

    private async Task GoOnAsync(RawClient raw, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested || _batches.Count > 0)
        {
            while (_batches.Count < OnTheWay && progress.HasRoom && !stop.IsCancellationRequested)
            {
                var next = Make();
                _batches.Enqueue(next);
                await SendAsync(raw, next);
            }

            if (!_batches.TryPeek(out var oldest))
            {
                await progress.RoomAsync(stop);
                continue;
            }

            var answer = await BrokerLink.AnswerOrCloseAsync(raw.ReceiveAsync<ProduceResponse>(ApiKey.Produce, ProduceVersion, oldest.Number), raw, progress);
            var partition = answer.Responses[0].PartitionResponses[0];
            if (partition.ErrorCode != ErrorCode.None)
                throw new InvalidOperationException($"{name}: batch {oldest.Number} to {oldest.Place}, sequence {oldest.Sequence}, was answered {partition.ErrorCode}");
            Note(_batches.Dequeue(), partition.BaseOffset);
        }
    }

    private Batch Make()
    {
        var place = new Place(topics.Numbers, _made / 7 % Topics.NumberPartitions);
        var values = Enumerable.Range(_records, 1 + (_made % MostPerBatch)).Select(n => string.Create(CultureInfo.InvariantCulture, $"{name}/{n}")).ToList();
        _records += values.Count;
        var sequence = _sequences[place.Partition];
        _sequences[place.Partition] += values.Count;
        foreach (var value in values)
            history.Add(new Sent(name, place, value));
        return new Batch(_made++, place, sequence, values);
    }

    private Task SendAsync(RawClient raw, Batch batch)
    {
        var timestamp = (TimeProvider.System.GetUtcNow() - Age).ToUnixTimeMilliseconds();
        var builder = new RecordBatchBuilder { ProducerId = _producerId, ProducerEpoch = _epoch, BaseSequence = batch.Sequence };
        foreach (var value in batch.Values)
            builder.Add(timestamp, null, Encoding.UTF8.GetBytes(value));
        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = batch.Place.Topic, PartitionData = [new() { Index = batch.Place.Partition, Records = builder.Build() }] }],
        };
        return raw.SendAsync(request, ProduceVersion, batch.Number);
    }

    private void Note(Batch batch, long baseOffset)
    {
        foreach (var (index, value) in batch.Values.Index())
            history.Add(new Acknowledged(name, batch.Place, value, baseOffset + index));
        progress.Written(batch.Place, baseOffset + batch.Values.Count - 1);
        progress.Did(Deed.Acknowledged, batch.Values.Count);
        if (batch.EndBefore is not { } end)
            return;
        progress.Did(Deed.Resent);
        if (baseOffset < end)
            progress.Did(Deed.ResentAndThere);
    }

    private sealed record Batch(int Number, Place Place, int Sequence, List<string> Values)
    {
        /// <summary>Null for one that was sent once.</summary>
        public long? EndBefore { get; set; }
    }
}
