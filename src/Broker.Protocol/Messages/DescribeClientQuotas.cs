namespace Broker.Protocol.Messages;

/// <summary>Versions 0-1 (KIP-546).</summary>
public sealed class DescribeClientQuotasRequest : IRequest<DescribeClientQuotasRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeClientQuotas;

    public static ApiVersionRange Versions => new(0, 1);

    public IReadOnlyList<ComponentData> Components { get; set; } = [];
    public bool Strict { get; set; }

    public static DescribeClientQuotasRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeClientQuotasRequest();
        request.Components = reader.ReadArray<ComponentData>(version);
        request.Strict = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Components, version);
        writer.WriteBoolean(Strict);
        writer.WriteTagCount();
    }

    public sealed class ComponentData : IMessage<ComponentData>
    {
        public string EntityType { get; set; } = "";
        public sbyte MatchType { get; set; }
        public string? Match { get; set; }

        public static ComponentData Read(ref ProtocolReader reader, short version)
        {
            var component = new ComponentData();
            component.EntityType = reader.ReadString();
            component.MatchType = reader.ReadInt8();
            component.Match = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return component;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(EntityType);
            writer.WriteInt8(MatchType);
            writer.WriteNullableString(Match);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DescribeClientQuotasRequest"/>
public sealed class DescribeClientQuotasResponse : IMessage<DescribeClientQuotasResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public IReadOnlyList<EntryData>? Entries { get; set; } = [];

    public static DescribeClientQuotasResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeClientQuotasResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        response.Entries = reader.ReadNullableArray<EntryData>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        writer.WriteNullableArray(Entries, version);
        writer.WriteTagCount();
    }

    public sealed class EntryData : IMessage<EntryData>
    {
        public IReadOnlyList<EntityData> Entity { get; set; } = [];
        public IReadOnlyList<ValueData> Values { get; set; } = [];

        public static EntryData Read(ref ProtocolReader reader, short version)
        {
            var entry = new EntryData();
            entry.Entity = reader.ReadArray<EntityData>(version);
            entry.Values = reader.ReadArray<ValueData>(version);
            reader.SkipTaggedFields();
            return entry;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteArray(Entity, version);
            writer.WriteArray(Values, version);
            writer.WriteTagCount();
        }
    }

    public sealed class EntityData : IMessage<EntityData>
    {
        public string EntityType { get; set; } = "";
        public string? EntityName { get; set; }

        public static EntityData Read(ref ProtocolReader reader, short version)
        {
            var entity = new EntityData();
            entity.EntityType = reader.ReadString();
            entity.EntityName = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return entity;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(EntityType);
            writer.WriteNullableString(EntityName);
            writer.WriteTagCount();
        }
    }

    public sealed class ValueData : IMessage<ValueData>
    {
        public string Key { get; set; } = "";
        public double Value { get; set; }

        public static ValueData Read(ref ProtocolReader reader, short version)
        {
            var value = new ValueData();
            value.Key = reader.ReadString();
            value.Value = reader.ReadFloat64();
            reader.SkipTaggedFields();
            return value;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Key);
            writer.WriteFloat64(Value);
            writer.WriteTagCount();
        }
    }
}
