namespace Broker.Protocol.Messages;

/// <inheritdoc cref="ProduceRequest"/>
public sealed class ProduceResponse : IMessage<ProduceResponse>, IThrottledResponse, IReused
{
    public IReadOnlyList<TopicProduceResponse> Responses { get; set; } = [];
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<NodeEndpoint> NodeEndpoints { get; set; } = [];

    int IReused.Weight => 1 + Responses.Weight();

    public static ProduceResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ProduceResponse();
        response.Responses = reader.ReadArray<TopicProduceResponse>(version);
        response.ThrottleTimeMs = reader.ReadInt32();
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            if (reader.ReadTag(out var end) == 0 && version >= 10)
                response.NodeEndpoints = reader.ReadArray<NodeEndpoint>(version);
            reader.EndTag(end);
        }

        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Responses, version);
        writer.WriteInt32(ThrottleTimeMs);

        if (!writer.Flexible)
            return;

        if (version >= 10 && NodeEndpoints.Count > 0)
        {
            writer.WriteTagCount(1);
            var tag = writer.BeginTag(0);
            writer.WriteArray(NodeEndpoints, version);
            writer.EndTag(tag);
        }
        else
        {
            writer.WriteTagCount(0);
        }
    }

    public void Reset()
    {
        Responses = Responses.Emptied();
        ThrottleTimeMs = 0;
        NodeEndpoints = [];
    }

    public sealed class TopicProduceResponse : IMessage<TopicProduceResponse>, IReused
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<PartitionProduceResponse> PartitionResponses { get; set; } = [];

        int IReused.Weight => 1 + PartitionResponses.Weight();

        public static TopicProduceResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new TopicProduceResponse();
            if (version <= 12)
                response.Name = reader.ReadString();
            if (version >= 13)
                response.TopicId = reader.ReadUuid();
            response.PartitionResponses = reader.ReadArray<PartitionProduceResponse>(version);
            reader.SkipTaggedFields();
            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version <= 12)
                writer.WriteString(Name);
            if (version >= 13)
                writer.WriteUuid(TopicId);
            writer.WriteArray(PartitionResponses, version);
            writer.WriteTagCount();
        }

        public void Reset()
        {
            Name = "";
            TopicId = Guid.Empty;
            PartitionResponses = PartitionResponses.Emptied();
        }
    }

    public sealed class NodeEndpoint : IMessage<NodeEndpoint>
    {
        public int NodeId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        public string? Rack { get; set; }

        public static NodeEndpoint Read(ref ProtocolReader reader, short version)
        {
            var endpoint = new NodeEndpoint();
            endpoint.NodeId = reader.ReadInt32();
            endpoint.Host = reader.ReadString();
            endpoint.Port = reader.ReadInt32();
            endpoint.Rack = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return endpoint;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(NodeId);
            writer.WriteString(Host);
            writer.WriteInt32(Port);
            writer.WriteNullableString(Rack);
            writer.WriteTagCount();
        }
    }

    public sealed class PartitionProduceResponse : IMessage<PartitionProduceResponse>, IReused
    {
        public int Index { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public long BaseOffset { get; set; }
        public long LogAppendTimeMs { get; set; } = -1;
        public long LogStartOffset { get; set; } = -1;
        public IReadOnlyList<BatchIndexAndErrorMessage> RecordErrors { get; set; } = [];
        public string? ErrorMessage { get; set; }
        public LeaderIdAndEpoch? CurrentLeader { get; set; }

        int IReused.Weight => 1;

        public static PartitionProduceResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new PartitionProduceResponse();
            response.Index = reader.ReadInt32();
            response.ErrorCode = reader.ReadErrorCode();
            response.BaseOffset = reader.ReadInt64();
            response.LogAppendTimeMs = reader.ReadInt64();
            if (version >= 5)
                response.LogStartOffset = reader.ReadInt64();

            if (version >= 8)
            {
                response.RecordErrors = reader.ReadArray<BatchIndexAndErrorMessage>(version);
                response.ErrorMessage = reader.ReadNullableString();
            }

            for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
            {
                if (reader.ReadTag(out var end) == 0 && version >= 10)
                    response.CurrentLeader = LeaderIdAndEpoch.Read(ref reader, version);
                reader.EndTag(end);
            }

            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(Index);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt64(BaseOffset);
            writer.WriteInt64(LogAppendTimeMs);
            if (version >= 5)
                writer.WriteInt64(LogStartOffset);

            if (version >= 8)
            {
                writer.WriteArray(RecordErrors, version);
                writer.WriteNullableString(ErrorMessage);
            }

            if (!writer.Flexible)
                return;

            if (version >= 10 && CurrentLeader is not null)
            {
                writer.WriteTagCount(1);
                var tag = writer.BeginTag(0);
                CurrentLeader.Write(ref writer, version);
                writer.EndTag(tag);
            }
            else
            {
                writer.WriteTagCount(0);
            }
        }

        public void Reset()
        {
            Index = 0;
            ErrorCode = ErrorCode.None;
            BaseOffset = 0;
            LogAppendTimeMs = -1;
            LogStartOffset = -1;
            RecordErrors = [];
            ErrorMessage = null;
            CurrentLeader = null;
        }
    }

    public sealed class BatchIndexAndErrorMessage : IMessage<BatchIndexAndErrorMessage>
    {
        public int BatchIndex { get; set; }
        public string? BatchIndexErrorMessage { get; set; }

        public static BatchIndexAndErrorMessage Read(ref ProtocolReader reader, short version)
        {
            var item = new BatchIndexAndErrorMessage();
            item.BatchIndex = reader.ReadInt32();
            item.BatchIndexErrorMessage = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return item;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(BatchIndex);
            writer.WriteNullableString(BatchIndexErrorMessage);
            writer.WriteTagCount();
        }
    }

    public sealed class LeaderIdAndEpoch : IMessage<LeaderIdAndEpoch>
    {
        public int LeaderId { get; set; } = -1;
        public int LeaderEpoch { get; set; } = -1;

        public static LeaderIdAndEpoch Read(ref ProtocolReader reader, short version)
        {
            var epoch = new LeaderIdAndEpoch();
            epoch.LeaderId = reader.ReadInt32();
            epoch.LeaderEpoch = reader.ReadInt32();
            reader.SkipTaggedFields();
            return epoch;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(LeaderId);
            writer.WriteInt32(LeaderEpoch);
            writer.WriteTagCount();
        }
    }
}
