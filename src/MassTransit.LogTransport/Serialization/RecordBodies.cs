using MassTransit.Serialization;

namespace MassTransit.LogTransport.Serialization;

/// <summary>Which serializer writes which form of value.</summary>
internal static class RecordBodies
{
    private static readonly PlainJsonSerializer PlainJson = new();

    public static IMessageSerializer? Serializer(RecordBody? body) => body switch
    {
        null => null,
        RecordBody.PlainJson => PlainJson,
        RecordBody.Envelope => SystemTextJsonMessageSerializer.Instance,
        _ => throw new ConfigurationException($"Body: {body} is no form of a record's value."),
    };
}
