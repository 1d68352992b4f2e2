using System.Text.Json;
using System.Text.Unicode;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>How keys, values and header values are shown.</summary>
internal enum RecordFormat
{
    /// <summary>JSON objects and lists as such, other UTF-8 as text, the rest as base64.</summary>
    Auto,

    /// <summary>As text; what is no UTF-8 as base64.</summary>
    Text,

    /// <summary>As base64.</summary>
    Base64,
}

/// <summary>Writes records as JSON. Bytes go under <c>key</c>/<c>value</c> or, as base64, under <c>keyBase64</c>/<c>valueBase64</c>.</summary>
internal static class RecordWriter
{
    public static RecordFormat FormatOf(HttpContext context) => context.Text("format") switch
    {
        null or "auto" => RecordFormat.Auto,
        "text" => RecordFormat.Text,
        "base64" => RecordFormat.Base64,
        var other => throw RestRequests.Wrong("format", $"\"{other}\" is none of auto, text and base64."),
    };

    public static void Write(Utf8JsonWriter json, StoredRecord record, RecordFormat format)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", record.Partition);
        json.WriteNumber("offset", record.Offset);
        if (record.Timestamp is { } timestamp)
            json.WriteString("timestamp", timestamp);
        else if (record.TimestampMs > 0)
            json.WriteNumber("timestamp", record.TimestampMs);
        WriteBytes(json, "key", record.Key, format);
        WriteBytes(json, "value", record.Value, format);
        if (record.Headers.Count > 0)
        {
            json.WriteStartArray("headers");
            foreach (var header in record.Headers)
            {
                json.WriteStartObject();
                json.WriteString("name", header.Key);
                WriteBytes(json, "value", header.Value, format);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, byte[]? bytes, RecordFormat format)
    {
        if (bytes is null)
            json.WriteNull(name);
        else if (format == RecordFormat.Base64 || !Utf8.IsValid(bytes))
            json.WriteBase64String(name + "Base64", bytes);
        else if (format == RecordFormat.Auto && IsObjectOrList(bytes))
            WriteJson(json, name, bytes);
        else
            json.WriteString(name, bytes);
    }

    private static void WriteJson(Utf8JsonWriter json, string name, byte[] bytes)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(bytes, skipInputValidation: true);
    }

    /// <summary>Read to its end: a value that only begins like JSON would break the answer it is put into.</summary>
    private static bool IsObjectOrList(byte[] bytes)
    {
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..])
            return false;

        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
