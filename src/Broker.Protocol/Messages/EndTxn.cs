namespace Broker.Protocol.Messages;

/// <summary>Versions 0-5. 2: PRODUCER_FENCED. 4: TRANSACTION_ABORTABLE. 5: each transaction ends with a new epoch (KIP-890).</summary>
public sealed class EndTxnRequest : IRequest<EndTxnRequest>
{
    public static ApiKey ApiKey => ApiKey.EndTxn;

    public static ApiVersionRange Versions => new(0, 5);

    public string TransactionalId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    public bool Committed { get; set; }

    public static EndTxnRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new EndTxnRequest();
        request.TransactionalId = reader.ReadString();
        request.ProducerId = reader.ReadInt64();
        request.ProducerEpoch = reader.ReadInt16();
        request.Committed = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(TransactionalId);
        writer.WriteInt64(ProducerId);
        writer.WriteInt16(ProducerEpoch);
        writer.WriteBoolean(Committed);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="EndTxnRequest"/>
public sealed class EndTxnResponse : IMessage<EndTxnResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public long ProducerId { get; set; } = -1;
    public short ProducerEpoch { get; set; } = -1;

    public static EndTxnResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new EndTxnResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();

        if (version >= 5)
        {
            response.ProducerId = reader.ReadInt64();
            response.ProducerEpoch = reader.ReadInt16();
        }

        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);

        if (version >= 5)
        {
            writer.WriteInt64(ProducerId);
            writer.WriteInt16(ProducerEpoch);
        }

        writer.WriteTagCount();
    }
}
