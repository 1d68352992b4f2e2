using System.Text.Json;
using Broker.InProcess;
using Broker.Protocol;

namespace Broker.Host.Rest;

/// <summary>GET of records: a page, where each partition goes on, and all of that as one cursor for the next request.</summary>
internal static class ReadApi
{
    private const int MaxRecords = 1_000;
    private const int MaxBytes = 1 << 20;
    private const int MaxWaitMs = 30_000;

    public static async Task ReadAsync(HttpContext context, BrokerServer broker)
    {
        var format = RecordWriter.FormatOf(context);
        var limits = new ReadLimits
        {
            MaxRecords = context.Number("limit", 100, 1, MaxRecords),
            MaxBytes = MaxBytes,
            Wait = TimeSpan.FromMilliseconds(context.Number("wait", 0, 0, MaxWaitMs)),
            CommittedOnly = context.Flag("committed", otherwise: true),
        };
        var plan = await ReadPlan.FromAsync(context, broker, context.Text("cursor"), OffsetPlace.Earliest).ConfigureAwait(false);
        var page = await broker.Records.ReadAsync(context.Topic(), plan.From, limits, context.RequestAborted).ConfigureAwait(false);

        var isWhole = plan.Offline.Count == 0 && page.Positions.All(p => p.Error == ErrorCode.None);
        context.Response.StatusCode = isWhole ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Indented = true });
        Write(json, page, plan, format);
        await json.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, RecordPage page, ReadPlan plan, RecordFormat format)
    {
        json.WriteStartObject();
        json.WriteStartArray("records");
        foreach (var record in page.Records)
            RecordWriter.Write(json, record, format);
        json.WriteEndArray();

        json.WriteStartArray("positions");
        foreach (var position in page.Positions)
            Write(json, position);
        foreach (var (partition, _) in plan.Offline)
            WriteRefused(json, partition, ErrorCode.KafkaStorageError, ReadPlan.WhyOffline);
        json.WriteEndArray();
        json.WriteString("cursor", ReadPlan.Cursor(page.Positions.Select(p => new PartitionOffset(p.Partition, p.NextOffset)), plan.Offline));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadPosition position)
    {
        if (position.Error != ErrorCode.None)
        {
            WriteRefused(json, position.Partition, position.Error, position.Message);
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("partition", position.Partition);
        json.WriteNumber("nextOffset", position.NextOffset);
        json.WriteNumber("logStartOffset", position.LogStartOffset);
        json.WriteNumber("endOffset", position.EndOffset);
        json.WriteEndObject();
    }

    private static void WriteRefused(Utf8JsonWriter json, int partition, ErrorCode error, string? detail)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", partition);
        json.WriteString("error", error.KafkaName());
        json.WriteString("detail", detail ?? $"Partition {partition} refused it.");
        json.WriteEndObject();
    }
}
