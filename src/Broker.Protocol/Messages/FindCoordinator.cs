namespace Broker.Protocol.Messages;

/// <summary>Versions 0-6. 1: key type, 0 for groups and 1 for transactions. 4: several keys in one request (KIP-699).</summary>
public sealed class FindCoordinatorRequest : IRequest<FindCoordinatorRequest>
{
    public static ApiKey ApiKey => ApiKey.FindCoordinator;

    public static ApiVersionRange Versions => new(0, 6);

    public string Key { get; set; } = "";
    public sbyte KeyType { get; set; }
    public IReadOnlyList<string> CoordinatorKeys { get; set; } = [];

    public static FindCoordinatorRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new FindCoordinatorRequest();
        if (version <= 3)
            request.Key = reader.ReadString();
        if (version >= 1)
            request.KeyType = reader.ReadInt8();
        if (version >= 4)
            request.CoordinatorKeys = reader.ReadStringArray();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version <= 3)
            writer.WriteString(Key);
        if (version >= 1)
            writer.WriteInt8(KeyType);
        if (version >= 4)
            writer.WriteStringArray(CoordinatorKeys);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="FindCoordinatorRequest"/>
public sealed class FindCoordinatorResponse : IMessage<FindCoordinatorResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public int NodeId { get; set; }
    public string Host { get; set; } = "";
    public int Port { get; set; }
    public IReadOnlyList<Coordinator> Coordinators { get; set; } = [];

    public static FindCoordinatorResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new FindCoordinatorResponse();
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        if (version <= 3)
            response.ErrorCode = reader.ReadErrorCode();
        if (version is >= 1 and <= 3)
            response.ErrorMessage = reader.ReadNullableString();

        if (version <= 3)
        {
            response.NodeId = reader.ReadInt32();
            response.Host = reader.ReadString();
            response.Port = reader.ReadInt32();
        }

        if (version >= 4)
            response.Coordinators = reader.ReadArray<Coordinator>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);
        if (version <= 3)
            writer.WriteErrorCode(ErrorCode);
        if (version is >= 1 and <= 3)
            writer.WriteNullableString(ErrorMessage);

        if (version <= 3)
        {
            writer.WriteInt32(NodeId);
            writer.WriteString(Host);
            writer.WriteInt32(Port);
        }

        if (version >= 4)
            writer.WriteArray(Coordinators, version);
        writer.WriteTagCount();
    }

    public sealed class Coordinator : IMessage<Coordinator>
    {
        public string Key { get; set; } = "";
        public int NodeId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }

        public static Coordinator Read(ref ProtocolReader reader, short version)
        {
            var coordinator = new Coordinator();
            coordinator.Key = reader.ReadString();
            coordinator.NodeId = reader.ReadInt32();
            coordinator.Host = reader.ReadString();
            coordinator.Port = reader.ReadInt32();
            coordinator.ErrorCode = reader.ReadErrorCode();
            coordinator.ErrorMessage = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return coordinator;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Key);
            writer.WriteInt32(NodeId);
            writer.WriteString(Host);
            writer.WriteInt32(Port);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteTagCount();
        }
    }
}
