using System.Text.Json.Serialization;
using Broker.InProcess;
using Broker.Protocol;
using Broker.Records;

namespace Broker.Host.Rest;

/// <summary>
/// POST of records: one or many as JSON (<see cref="ProduceBody"/>), or one whose value is the body as it is, under any other content
/// type, with key, partition and headers in the query. Answered when all are on disk.
/// </summary>
internal static class ProduceApi
{
    public static async Task ProduceAsync(HttpContext context, BrokerServer broker)
    {
        IReadOnlyList<NewRecord> records = context.Request.HasJsonContentType()
            ? await ProduceBody.ReadAsync(context.Request.Body, context.RequestAborted).ConfigureAwait(false)
            : [await RawAsync(context).ConfigureAwait(false)];
        // Nobody stops what was begun by going away: the records are written or not, and a second request would write them twice.
        var produced = await broker.Records.ProduceAsync(context.Topic(), records, CancellationToken.None).ConfigureAwait(false);

        var refused = produced.Where(p => p.Error != ErrorCode.None).ToList();
        if (refused.Count == produced.Count)
        {
            var first = refused[0];
            throw new RestProblemException(
                RestProblem.StatusOf(first.Error), first.Message ?? $"Partition {first.Partition} refused it.", where: null, first.Error.KafkaName());
        }

        context.Response.StatusCode = refused.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus;
        await context.Response.WriteAsJsonAsync(
            new ProduceAnswer([.. produced.Select(ProduceAnswer.Of)]), RestJson.Default.ProduceAnswer, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<NewRecord> RawAsync(HttpContext context)
    {
        using var value = new MemoryStream();
        await context.Request.Body.CopyToAsync(value, context.RequestAborted).ConfigureAwait(false);
        var partition = context.Number("partition", -1, 0, int.MaxValue);
        return new NewRecord(context.Text("key") is { } key ? System.Text.Encoding.UTF8.GetBytes(key) : null, value.ToArray())
        {
            Partition = partition < 0 ? null : partition,
            Headers = [.. context.Request.Query["header"].Select(Header)],
        };
    }

    private static RecordHeader Header(string? text)
    {
        var equals = text!.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new RecordHeader(text[..equals], System.Text.Encoding.UTF8.GetBytes(text[(equals + 1)..]))
            : throw RestRequests.Wrong("header", $"\"{text}\" is not name=value.");
    }
}

/// <summary>One result for each record, in the order of the request.</summary>
internal sealed record ProduceAnswer(IReadOnlyList<ProduceAnswer.Result> Records)
{
    public static Result Of(ProducedRecord record) => record.Error == ErrorCode.None
        ? new Result(record.Partition, record.Offset, null, null)
        : new Result(record.Partition, null, record.Error.KafkaName(), record.Message);

    internal sealed record Result(
        int Partition,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Offset,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);
}
