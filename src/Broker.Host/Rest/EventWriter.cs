using System.Buffers;
using System.Text;
using System.Text.Json;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>Server-sent events, written and not yet flushed.</summary>
internal sealed class EventWriter(IBufferWriter<byte> output)
{
    private readonly ArrayBufferWriter<byte> _data = new();

    /// <summary>Where to go on when nothing has come yet, and that to do so is to be tried after a second.</summary>
    public void WriteStart(string id)
    {
        WriteId(id);
        output.Write("retry: 1000\n\n"u8);
    }

    public void WriteComment(ReadOnlySpan<byte> text)
    {
        output.Write(": "u8);
        output.Write(text);
        output.Write("\n\n"u8);
    }

    public void WriteRecord(string id, StoredRecord record, RecordFormat format)
    {
        _data.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_data))
            RecordWriter.Write(json, record, format);
        WriteId(id);
        WriteData();
    }

    /// <summary>An event that is no record, of a name of its own.</summary>
    public void WriteEvent(ReadOnlySpan<byte> name, string id, Action<Utf8JsonWriter> fields)
    {
        _data.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_data))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        output.Write("event: "u8);
        output.Write(name);
        output.Write("\n"u8);
        WriteId(id);
        WriteData();
    }

    private void WriteId(string id) => Encoding.UTF8.GetBytes($"id: {id}\n", output);

    /// <summary>A value that is JSON keeps its line ends, which would end the event; within JSON they mean nothing.</summary>
    private void WriteData()
    {
        output.Write("data: "u8);
        var json = _data.WrittenSpan;
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0)
        {
            output.Write(json[..end]);
            json = json[(end + 1)..];
        }

        output.Write(json);
        output.Write("\n\n"u8);
    }
}
