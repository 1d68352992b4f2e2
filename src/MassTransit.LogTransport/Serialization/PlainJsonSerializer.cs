using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit.Serialization;

namespace MassTransit.LogTransport.Serialization;

/// <summary>The message alone as the record's value; everything else about it is in the record's headers.</summary>
internal sealed class PlainJsonSerializer :
    IMessageSerializer,
    IMessageDeserializer
{
    public ContentType ContentType { get; } = new("application/json");

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class
    {
        return new SystemTextJsonRawMessageBody<T>(context, PlainJson.Options);
    }

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        return new BodyConsumeContext(receiveContext,
            Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        try
        {
            var message = JsonSerializer.Deserialize<JsonElement>(body.GetBytes(), PlainJson.Options);
            var types = headers.Get<string>(RecordHeaderNames.Types)?.Split(RecordHeaderNames.ListSeparator) ?? [];

            return new PlainJsonSerializerContext(ContentType, new RecordMessageContext(headers, destinationAddress), types, message);
        }
        catch (JsonException exception)
        {
            throw new SerializationException("The record's value is not JSON.", exception);
        }
    }

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public void Probe(ProbeContext context)
    {
        var scope = context.CreateScope("json");
        scope.Add("contentType", ContentType.MediaType);
        scope.Add("provider", "System.Text.Json");
    }
}
