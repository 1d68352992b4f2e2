using Broker.InProcess;
using Broker.Protocol;

namespace Broker.Host.Rest;

/// <summary>
/// One stream of what comes. The id of each event is the place behind it in all partitions, so that nothing is missed and nothing seen
/// twice by who comes again with it. A client that reads slowly is waited for and goes on from where it is: nothing is kept for it.
/// Partitions that the topic gets meanwhile are read from their first record. What cannot be read ends no stream: offsets that
/// the log no longer has are told by an event <c>gap</c>, a partition that cannot be read by an event <c>offline</c>.
/// </summary>
internal sealed class TailStream(HttpContext context, BrokerServer broker, ReadPlan plan, RecordFormat format, bool committedOnly, bool followsNew)
{
    private const int RecordsPerRead = 500;

    /// <summary>Between two signs of life while there are no records: what is between us and the client may close what is silent.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly string _topic = context.Topic();
    private readonly EventWriter _events = new(context.Response.BodyWriter);
    private readonly ReadLimits _limits = new() { MaxRecords = RecordsPerRead, Wait = Silence, CommittedOnly = committedOnly };
    private readonly List<PartitionOffset> _read = [.. plan.From];

    /// <summary>Not read any more; the places stay in the id for who comes again.</summary>
    private readonly List<(int Partition, long? Offset)> _offline = [.. plan.Offline];

    private string Id => ReadPlan.Cursor(_read, _offline);

    public async Task RunAsync()
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        _events.WriteStart(Id);
        foreach (var (partition, _) in _offline)
            WriteOffline(partition, ErrorCode.KafkaStorageError, ReadPlan.WhyOffline);
        await FlushAsync().ConfigureAwait(false);

        try
        {
            while (_read.Count > 0)
            {
                await AddNewPartitionsAsync().ConfigureAwait(false);
                await ReadOnceAsync().ConfigureAwait(false);
                await FlushAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The broker stops, which ends the stream; its client comes again.
        }
    }

    private async Task ReadOnceAsync()
    {
        RecordPage page;
        try
        {
            page = await broker.Records.ReadAsync(_topic, _read, _limits, context.RequestAborted).ConfigureAwait(false);
        }
        catch (BrokerRequestException e) when (e.Error == ErrorCode.OffsetOutOfRange)
        {
            await ReturnIntoLogsAsync().ConfigureAwait(false);
            return;
        }

        foreach (var record in page.Records)
        {
            MoveTo(record.Partition, record.Offset + 1);
            _events.WriteRecord(Id, record, format);
        }

        if (page.Records.Count == 0)
            _events.WriteComment("nothing new"u8);
        foreach (var position in page.Positions.Where(p => p.Error == ErrorCode.None))
            MoveTo(position.Partition, position.NextOffset);
        foreach (var lost in page.Positions.Where(p => p.Error is not (ErrorCode.None or ErrorCode.OffsetOutOfRange)))
        {
            _read.RemoveAll(p => p.Partition == lost.Partition);
            _offline.Add((lost.Partition, lost.NextOffset));
            WriteOffline(lost.Partition, lost.Error, lost.Message);
        }

        if (page.Positions.Any(p => p.Error == ErrorCode.OffsetOutOfRange))
            await ReturnIntoLogsAsync().ConfigureAwait(false);
        // The partition that came first comes last next time: a busy one must not keep the others from their turn.
        if (_read.Count > 1)
        {
            _read.Add(_read[0]);
            _read.RemoveAt(0);
        }
    }

    /// <summary>Retention has overtaken the client, or the log was cut or made anew since: on from the nearest offset that there is.</summary>
    private async Task ReturnIntoLogsAsync()
    {
        int[] partitions = [.. _read.Select(p => p.Partition)];
        var starts = await broker.Records.FindOffsetsAsync(_topic, partitions, OffsetPlace.Earliest, context.RequestAborted).ConfigureAwait(false);
        var ends = await broker.Records.FindOffsetsAsync(_topic, partitions, OffsetPlace.Latest, context.RequestAborted).ConfigureAwait(false);
        for (var i = 0; i < partitions.Length; i++)
        {
            var (partition, from) = _read[i];
            var to = Math.Clamp(from, starts[i].Offset, ends[i].Offset);
            if (to == from)
                continue;
            MoveTo(partition, to);
            _events.WriteEvent("gap"u8, Id, json =>
            {
                json.WriteNumber("partition", partition);
                json.WriteNumber("from", from);
                json.WriteNumber("to", to);
            });
        }
    }

    private async Task AddNewPartitionsAsync()
    {
        var known = _read.Count + _offline.Count;
        if (!followsNew || broker.DescribeTopic(_topic) is not { } topic || topic.Partitions.Count <= known)
            return;

        int[] added = [.. Enumerable.Range(known, topic.Partitions.Count - known)];
        _read.AddRange(await broker.Records.FindOffsetsAsync(_topic, added, OffsetPlace.Earliest, context.RequestAborted).ConfigureAwait(false));
    }

    private void MoveTo(int partition, long offset) =>
        _read[_read.FindIndex(p => p.Partition == partition)] = new PartitionOffset(partition, offset);

    private void WriteOffline(int partition, ErrorCode error, string? detail) => _events.WriteEvent("offline"u8, Id, json =>
    {
        json.WriteNumber("partition", partition);
        json.WriteString("error", error.KafkaName());
        json.WriteString("detail", detail ?? $"Partition {partition} cannot be read.");
    });

    private async Task FlushAsync() => await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
}
