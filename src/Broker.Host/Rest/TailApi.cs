using System.Buffers;
using System.Text;
using System.Text.Json;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>
/// GET of what comes, as server-sent events: one for each record, whose id is the place behind it in all partitions, so that a
/// browser that reconnects with Last-Event-ID misses nothing and sees nothing twice. A client that reads slowly is waited for, and
/// goes on from where it is: nothing is kept for it.
/// </summary>
internal sealed class TailApi
{
    /// <summary>Streams at once; a further one is refused.</summary>
    private const int MaxStreams = 100;

    private const int RecordsPerRead = 500;

    /// <summary>Between two signs of life while there are no records: what is between us and the client may close what is silent.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private int _streams;

    public async Task TailAsync(HttpContext context, BrokerServer broker)
    {
        if (Interlocked.Increment(ref _streams) > MaxStreams)
        {
            Interlocked.Decrement(ref _streams);
            throw new RestProblemException(StatusCodes.Status503ServiceUnavailable, $"{MaxStreams} streams are open; that is all there can be.");
        }

        try
        {
            await StreamAsync(context, broker).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private static async Task StreamAsync(HttpContext context, BrokerServer broker)
    {
        var topic = context.Topic();
        var format = RecordWriter.FormatOf(context);
        var limits = new ReadLimits { MaxRecords = RecordsPerRead, Wait = Silence, CommittedOnly = context.Flag("committed", otherwise: true) };
        var last = context.Request.Headers["Last-Event-ID"] is { Count: > 0 } id ? id.ToString() : context.Text("cursor");
        var positions = (await ReadPlan.FromAsync(context, broker, last, OffsetPlace.Latest).ConfigureAwait(false)).ToArray();

        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($"id: {ReadPlan.Cursor(positions)}\nretry: 1000\n\n", context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        var data = new ArrayBufferWriter<byte>();
        while (true)
        {
            var page = await ReadAsync(broker, topic, positions, limits, context).ConfigureAwait(false);
            if (page is null)
                return;

            foreach (var record in page.Records)
            {
                positions[Array.FindIndex(positions, p => p.Partition == record.Partition)] = new PartitionOffset(record.Partition, record.Offset + 1);
                Write(context.Response.BodyWriter, data, record, format, positions);
            }

            if (page.Records.Count == 0)
                context.Response.BodyWriter.Write(": nothing new\n\n"u8);
            foreach (var position in page.Positions)
                positions[Array.FindIndex(positions, p => p.Partition == position.Partition)] = new PartitionOffset(position.Partition, position.NextOffset);
            // The partition that came first comes last next time: a busy one must not keep the others from their turn.
            positions = [.. positions[1..], positions[0]];
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Null when the broker stops, which ends the stream; its client comes again.</summary>
    private static async Task<RecordPage?> ReadAsync(
        BrokerServer broker, string topic, PartitionOffset[] positions, ReadLimits limits, HttpContext context)
    {
        try
        {
            return await broker.Records.ReadAsync(topic, positions, limits, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private static void Write(
        IBufferWriter<byte> output, ArrayBufferWriter<byte> data, StoredRecord record, RecordFormat format, IEnumerable<PartitionOffset> positions)
    {
        data.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(data))
            RecordWriter.Write(json, record, format);

        Encoding.UTF8.GetBytes($"id: {ReadPlan.Cursor(positions.OrderBy(p => p.Partition))}\n", output);
        output.Write("data: "u8);
        WriteOnOneLine(output, data.WrittenSpan);
        output.Write("\n\n"u8);
    }

    /// <summary>A value that is JSON keeps its line ends, which would end the event; within JSON they mean nothing.</summary>
    private static void WriteOnOneLine(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0)
        {
            output.Write(json[..end]);
            json = json[(end + 1)..];
        }

        output.Write(json);
    }
}
