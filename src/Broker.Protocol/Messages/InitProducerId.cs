namespace Broker.Protocol.Messages;

/// <summary>Versions 0-5. 3: an existing id and epoch may be kept (KIP-360). 4: PRODUCER_FENCED. 5: TRANSACTION_ABORTABLE.</summary>
public sealed class InitProducerIdRequest : IRequest<InitProducerIdRequest>
{
    public static ApiKey ApiKey => ApiKey.InitProducerId;

    public static ApiVersionRange Versions => new(0, 5);

    public string? TransactionalId { get; set; }
    public int TransactionTimeoutMs { get; set; }
    public long ProducerId { get; set; } = -1;
    public short ProducerEpoch { get; set; } = -1;

    public static InitProducerIdRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new InitProducerIdRequest();
        request.TransactionalId = reader.ReadNullableString();
        request.TransactionTimeoutMs = reader.ReadInt32();

        if (version >= 3)
        {
            request.ProducerId = reader.ReadInt64();
            request.ProducerEpoch = reader.ReadInt16();
        }

        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteNullableString(TransactionalId);
        writer.WriteInt32(TransactionTimeoutMs);

        if (version >= 3)
        {
            writer.WriteInt64(ProducerId);
            writer.WriteInt16(ProducerEpoch);
        }

        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="InitProducerIdRequest"/>
public sealed class InitProducerIdResponse : IMessage<InitProducerIdResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public long ProducerId { get; set; } = -1;
    public short ProducerEpoch { get; set; }

    public static InitProducerIdResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new InitProducerIdResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ProducerId = reader.ReadInt64();
        response.ProducerEpoch = reader.ReadInt16();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteInt64(ProducerId);
        writer.WriteInt16(ProducerEpoch);
        writer.WriteTagCount();
    }
}
