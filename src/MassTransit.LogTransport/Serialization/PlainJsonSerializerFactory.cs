using System.Net.Mime;

namespace MassTransit.LogTransport.Serialization;

internal sealed class PlainJsonSerializerFactory :
    ISerializerFactory
{
    private readonly PlainJsonSerializer _serializer = new();

    public ContentType ContentType => _serializer.ContentType;

    public IMessageSerializer CreateSerializer() => _serializer;

    public IMessageDeserializer CreateDeserializer() => _serializer;
}
