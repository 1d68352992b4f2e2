namespace Broker.Protocol.Messages;

/// <summary>Versions 0-1 (KIP-546).</summary>
public sealed class AlterClientQuotasRequest : IRequest<AlterClientQuotasRequest>
{
    public static ApiKey ApiKey => ApiKey.AlterClientQuotas;

    public static ApiVersionRange Versions => new(0, 1);

    public IReadOnlyList<EntryData> Entries { get; set; } = [];
    public bool ValidateOnly { get; set; }

    public static AlterClientQuotasRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new AlterClientQuotasRequest();
        request.Entries = reader.ReadArray<EntryData>(version);
        request.ValidateOnly = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Entries, version);
        writer.WriteBoolean(ValidateOnly);
        writer.WriteTagCount();
    }

    public sealed class EntryData : IMessage<EntryData>
    {
        public IReadOnlyList<EntityData> Entity { get; set; } = [];
        public IReadOnlyList<OpData> Ops { get; set; } = [];

        public static EntryData Read(ref ProtocolReader reader, short version)
        {
            var entry = new EntryData();
            entry.Entity = reader.ReadArray<EntityData>(version);
            entry.Ops = reader.ReadArray<OpData>(version);
            reader.SkipTaggedFields();
            return entry;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteArray(Entity, version);
            writer.WriteArray(Ops, version);
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

    public sealed class OpData : IMessage<OpData>
    {
        public string Key { get; set; } = "";
        public double Value { get; set; }
        public bool Remove { get; set; }

        public static OpData Read(ref ProtocolReader reader, short version)
        {
            var op = new OpData();
            op.Key = reader.ReadString();
            op.Value = reader.ReadFloat64();
            op.Remove = reader.ReadBoolean();
            reader.SkipTaggedFields();
            return op;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Key);
            writer.WriteFloat64(Value);
            writer.WriteBoolean(Remove);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="AlterClientQuotasRequest"/>
public sealed class AlterClientQuotasResponse : IMessage<AlterClientQuotasResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<EntryData> Entries { get; set; } = [];

    public static AlterClientQuotasResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new AlterClientQuotasResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Entries = reader.ReadArray<EntryData>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Entries, version);
        writer.WriteTagCount();
    }

    public sealed class EntryData : IMessage<EntryData>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public IReadOnlyList<EntityData> Entity { get; set; } = [];

        public static EntryData Read(ref ProtocolReader reader, short version)
        {
            var entry = new EntryData();
            entry.ErrorCode = reader.ReadErrorCode();
            entry.ErrorMessage = reader.ReadNullableString();
            entry.Entity = reader.ReadArray<EntityData>(version);
            reader.SkipTaggedFields();
            return entry;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteArray(Entity, version);
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
}
