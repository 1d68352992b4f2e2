using System.Text;
using Confluent.Kafka;

namespace Conformance.Support;

/// <summary>The client's own string serializers cannot tell null from empty; this one can.</summary>
public sealed class NullableUtf8 : ISerializer<string?>, IDeserializer<string?>
{
    public static readonly NullableUtf8 Instance = new();

    public byte[]? Serialize(string? data, SerializationContext context) => data is null ? null : Encoding.UTF8.GetBytes(data);

    public string? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? null : Encoding.UTF8.GetString(data);
}
