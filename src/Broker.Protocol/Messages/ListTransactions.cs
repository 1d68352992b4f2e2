namespace Broker.Protocol.Messages;

/// <summary>Versions 0-2 (KIP-664). 1: only transactions older than a duration. 2: a pattern for the transactional id.</summary>
public sealed class ListTransactionsRequest : IRequest<ListTransactionsRequest>
{
    public static ApiKey ApiKey => ApiKey.ListTransactions;

    public static ApiVersionRange Versions => new(0, 2);

    public IReadOnlyList<string> StateFilters { get; set; } = [];
    public IReadOnlyList<long> ProducerIdFilters { get; set; } = [];
    public long DurationFilter { get; set; } = -1;
    public string? TransactionalIdPattern { get; set; }

    public static ListTransactionsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ListTransactionsRequest();
        request.StateFilters = reader.ReadStringArray();
        request.ProducerIdFilters = reader.ReadInt64Array();
        if (version >= 1)
            request.DurationFilter = reader.ReadInt64();
        if (version >= 2)
            request.TransactionalIdPattern = reader.ReadNullableString();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteStringArray(StateFilters);
        writer.WriteInt64Array(ProducerIdFilters);
        if (version >= 1)
            writer.WriteInt64(DurationFilter);
        if (version >= 2)
            writer.WriteNullableString(TransactionalIdPattern);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="ListTransactionsRequest"/>
public sealed class ListTransactionsResponse : IMessage<ListTransactionsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<string> UnknownStateFilters { get; set; } = [];
    public IReadOnlyList<ListedTransaction> TransactionStates { get; set; } = [];

    public static ListTransactionsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ListTransactionsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.UnknownStateFilters = reader.ReadStringArray();
        response.TransactionStates = reader.ReadArray<ListedTransaction>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteStringArray(UnknownStateFilters);
        writer.WriteArray(TransactionStates, version);
        writer.WriteTagCount();
    }

    public sealed class ListedTransaction : IMessage<ListedTransaction>
    {
        public string TransactionalId { get; set; } = "";
        public long ProducerId { get; set; }
        public string TransactionState { get; set; } = "";

        public static ListedTransaction Read(ref ProtocolReader reader, short version)
        {
            var transaction = new ListedTransaction();
            transaction.TransactionalId = reader.ReadString();
            transaction.ProducerId = reader.ReadInt64();
            transaction.TransactionState = reader.ReadString();
            reader.SkipTaggedFields();
            return transaction;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(TransactionalId);
            writer.WriteInt64(ProducerId);
            writer.WriteString(TransactionState);
            writer.WriteTagCount();
        }
    }
}
