using System.Net.Mime;
using System.Text.Json;
using MassTransit.Serialization;

namespace MassTransit.LogTransport.Serialization;

/// <summary>As MassTransit's raw JSON, but a record of unknown type is of no type rather than of every type.</summary>
internal sealed class PlainJsonSerializerContext(ContentType contentType, MessageContext messageContext, string[] messageTypes, JsonElement message) :
    SystemTextJsonRawSerializerContext(SystemTextJsonMessageSerializer.Instance, PlainJson.Options, contentType, messageContext, messageTypes,
        RawSerializerOptions.CopyHeaders, message)
{
    public override bool IsSupportedMessageType<T>() => Supports(MessageUrn.ForTypeString<T>());

    public override bool IsSupportedMessageType(Type messageType) => Supports(MessageUrn.ForTypeString(messageType));

    public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes)
    {
        return new SystemTextJsonBodyMessageSerializer(message, ContentType, Options, RawSerializerOptions.CopyHeaders, messageTypes);
    }

    private bool Supports(string urn) => SupportedMessageTypes.Contains(urn, StringComparer.OrdinalIgnoreCase);
}
