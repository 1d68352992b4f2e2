using System.Text;
using System.Text.Json;
using Broker.InProcess;
using Broker.Records;

namespace Broker.Host.Rest;

/// <summary>
/// Records as JSON: <c>{"records": […]}</c>, or one by itself. Of a record <c>key</c> and <c>value</c> are a text, stored as it is, or any
/// other JSON, stored as its text; <c>keyBase64</c> and <c>valueBase64</c> are bytes; neither is null. <c>headers</c> is a list of
/// <c>{"name", "value" | "valueBase64"}</c>; <c>partition</c> and <c>timestamp</c> may be left out.
/// </summary>
internal static class ProduceBody
{
    private const int MaxRecords = 10_000;

    public static async Task<IReadOnlyList<NewRecord>> ReadAsync(Stream body, CancellationToken ct)
    {
        using var document = await JsonBody.ParseAsync(body, ct).ConfigureAwait(false);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw Wrong("body", "The body must be a JSON object.");
        return root.TryGetProperty("records", out var records) ? ReadMany(records, root) : [ReadOne(root, "")];
    }

    private static NewRecord[] ReadMany(JsonElement records, JsonElement root)
    {
        if (root.EnumerateObject().Count() > 1)
            throw Wrong("body", "Beside \"records\" there can be nothing.");
        if (records.ValueKind != JsonValueKind.Array || records.GetArrayLength() is 0 or > MaxRecords)
            throw Wrong("records", $"\"records\" must be a list of 1 to {MaxRecords} records.");
        return [.. records.EnumerateArray().Select((record, i) => ReadOne(record, $"records[{i}]."))];
    }

    private static NewRecord ReadOne(JsonElement record, string where)
    {
        if (record.ValueKind != JsonValueKind.Object)
            throw Wrong(where.TrimEnd('.'), "A record must be a JSON object.");

        byte[]? key = null, value = null;
        int? partition = null;
        DateTimeOffset? timestamp = null;
        IReadOnlyList<RecordHeader> headers = [];
        foreach (var field in record.EnumerateObject())
        {
            var at = where + field.Name;
            switch (field.Name)
            {
                case "key":
                    key = Bytes(field.Value);
                    break;
                case "keyBase64":
                    key = Base64(field.Value, at);
                    break;
                case "value":
                    value = Bytes(field.Value);
                    break;
                case "valueBase64":
                    value = Base64(field.Value, at);
                    break;
                case "partition":
                    partition = field.Value.ValueKind == JsonValueKind.Null ? null : Partition(field.Value, at);
                    break;
                case "timestamp":
                    timestamp = field.Value.ValueKind == JsonValueKind.Null ? null : RestRequests.Time(field.Value.ToString(), at);
                    break;
                case "headers":
                    headers = Headers(field.Value, at);
                    break;
                default:
                    throw Wrong(at, $"A record has no \"{field.Name}\"; it has key, keyBase64, value, valueBase64, headers, partition and timestamp.");
            }
        }

        return new NewRecord(key, value) { Partition = partition, Timestamp = timestamp, Headers = headers };
    }

    private static byte[]? Bytes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => Encoding.UTF8.GetBytes(value.GetString()!),
        _ => Encoding.UTF8.GetBytes(value.GetRawText()),
    };

    private static byte[]? Base64(JsonElement value, string where)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : throw Wrong(where, "This is not base64.");
    }

    private static int Partition(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var partition) && partition >= 0
            ? partition
            : throw Wrong(where, "A partition is a whole number from 0.");

    private static IReadOnlyList<RecordHeader> Headers(JsonElement headers, string where)
    {
        if (headers.ValueKind == JsonValueKind.Null)
            return [];
        return headers.ValueKind == JsonValueKind.Array
            ? [.. headers.EnumerateArray().Select((header, i) => Header(header, $"{where}[{i}]"))]
            : throw Wrong(where, "Headers are a list of {\"name\", \"value\"}: names may repeat.");
    }

    private static RecordHeader Header(JsonElement header, string where)
    {
        if (header.ValueKind != JsonValueKind.Object || !header.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
            throw Wrong(where, "A header is {\"name\", \"value\"} or {\"name\", \"valueBase64\"}.");
        var value = header.TryGetProperty("valueBase64", out var base64) ? Base64(base64, $"{where}.valueBase64")
            : header.TryGetProperty("value", out var text) ? Bytes(text)
            : null;
        return new RecordHeader(name.GetString()!, value);
    }

    private static RestProblemException Wrong(string where, string detail) => new(StatusCodes.Status400BadRequest, detail, where);
}
