namespace Broker.Protocol.Messages;

/// <summary>Versions 0-4. 2: PRODUCER_FENCED. 4: TRANSACTION_ABORTABLE.</summary>
public sealed class AddOffsetsToTxnRequest : IRequest<AddOffsetsToTxnRequest>
{
    public static ApiKey ApiKey => ApiKey.AddOffsetsToTxn;

    public static ApiVersionRange Versions => new(0, 4);

    public string TransactionalId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    public string GroupId { get; set; } = "";

    public static AddOffsetsToTxnRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new AddOffsetsToTxnRequest();
        request.TransactionalId = reader.ReadString();
        request.ProducerId = reader.ReadInt64();
        request.ProducerEpoch = reader.ReadInt16();
        request.GroupId = reader.ReadString();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(TransactionalId);
        writer.WriteInt64(ProducerId);
        writer.WriteInt16(ProducerEpoch);
        writer.WriteString(GroupId);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="AddOffsetsToTxnRequest"/>
public sealed class AddOffsetsToTxnResponse : IMessage<AddOffsetsToTxnResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }

    public static AddOffsetsToTxnResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new AddOffsetsToTxnResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteTagCount();
    }
}
