namespace Broker.Protocol.Messages;

/// <summary>Versions 0-2. 1: brokers or controllers. 2: fenced brokers too.</summary>
public sealed class DescribeClusterRequest : IRequest<DescribeClusterRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeCluster;

    public static ApiVersionRange Versions => new(0, 2);

    public bool IncludeClusterAuthorizedOperations { get; set; }
    public sbyte EndpointType { get; set; } = 1;
    public bool IncludeFencedBrokers { get; set; }

    public static DescribeClusterRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeClusterRequest();
        request.IncludeClusterAuthorizedOperations = reader.ReadBoolean();
        if (version >= 1)
            request.EndpointType = reader.ReadInt8();
        if (version >= 2)
            request.IncludeFencedBrokers = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteBoolean(IncludeClusterAuthorizedOperations);
        if (version >= 1)
            writer.WriteInt8(EndpointType);
        if (version >= 2)
            writer.WriteBoolean(IncludeFencedBrokers);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="DescribeClusterRequest"/>
public sealed class DescribeClusterResponse : IMessage<DescribeClusterResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public sbyte EndpointType { get; set; } = 1;
    public string ClusterId { get; set; } = "";
    public int ControllerId { get; set; } = -1;
    public IReadOnlyList<DescribeClusterBroker> Brokers { get; set; } = [];
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    public static DescribeClusterResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeClusterResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        if (version >= 1)
            response.EndpointType = reader.ReadInt8();
        response.ClusterId = reader.ReadString();
        response.ControllerId = reader.ReadInt32();
        response.Brokers = reader.ReadArray<DescribeClusterBroker>(version);
        response.ClusterAuthorizedOperations = reader.ReadInt32();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        if (version >= 1)
            writer.WriteInt8(EndpointType);
        writer.WriteString(ClusterId);
        writer.WriteInt32(ControllerId);
        writer.WriteArray(Brokers, version);
        writer.WriteInt32(ClusterAuthorizedOperations);
        writer.WriteTagCount();
    }

    public sealed class DescribeClusterBroker : IMessage<DescribeClusterBroker>
    {
        public int BrokerId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        public string? Rack { get; set; }
        public bool IsFenced { get; set; }

        public static DescribeClusterBroker Read(ref ProtocolReader reader, short version)
        {
            var broker = new DescribeClusterBroker();
            broker.BrokerId = reader.ReadInt32();
            broker.Host = reader.ReadString();
            broker.Port = reader.ReadInt32();
            broker.Rack = reader.ReadNullableString();
            if (version >= 2)
                broker.IsFenced = reader.ReadBoolean();
            reader.SkipTaggedFields();
            return broker;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(BrokerId);
            writer.WriteString(Host);
            writer.WriteInt32(Port);
            writer.WriteNullableString(Rack);
            if (version >= 2)
                writer.WriteBoolean(IsFenced);
            writer.WriteTagCount();
        }
    }
}
