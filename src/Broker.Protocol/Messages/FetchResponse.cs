namespace Broker.Protocol.Messages;

/// <inheritdoc cref="FetchRequest"/>
public sealed class FetchResponse : IMessage<FetchResponse>, IThrottledResponse, IReused
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public int SessionId { get; set; }
    public IReadOnlyList<FetchableTopicResponse> Responses { get; set; } = [];
    public IReadOnlyList<NodeEndpoint> NodeEndpoints { get; set; } = [];

    int IReused.Weight => 1 + Responses.Weight();

    public static FetchResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new FetchResponse();
        response.ThrottleTimeMs = reader.ReadInt32();

        if (version >= 7)
        {
            response.ErrorCode = reader.ReadErrorCode();
            response.SessionId = reader.ReadInt32();
        }

        response.Responses = reader.ReadArray<FetchableTopicResponse>(version);
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            if (reader.ReadTag(out var end) == 0 && version >= 16)
                response.NodeEndpoints = reader.ReadArray<NodeEndpoint>(version);
            reader.EndTag(end);
        }

        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);

        if (version >= 7)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt32(SessionId);
        }

        writer.WriteArray(Responses, version);

        if (!writer.Flexible)
            return;

        if (version >= 16 && NodeEndpoints.Count > 0)
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
        ThrottleTimeMs = 0;
        ErrorCode = ErrorCode.None;
        SessionId = 0;
        Responses = Responses.Emptied();
        NodeEndpoints = [];
    }

    public sealed class FetchableTopicResponse : IMessage<FetchableTopicResponse>, IReused
    {
        public string Topic { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<PartitionData> Partitions { get; set; } = [];

        int IReused.Weight => 1 + Partitions.Weight();

        public static FetchableTopicResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new FetchableTopicResponse();
            if (version <= 12)
                response.Topic = reader.ReadString();
            if (version >= 13)
                response.TopicId = reader.ReadUuid();
            response.Partitions = reader.ReadArray<PartitionData>(version);
            reader.SkipTaggedFields();
            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version <= 12)
                writer.WriteString(Topic);
            if (version >= 13)
                writer.WriteUuid(TopicId);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }

        public void Reset()
        {
            Topic = "";
            TopicId = Guid.Empty;
            Partitions = Partitions.Emptied();
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

    public sealed class PartitionData : IMessage<PartitionData>, IReused
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public long HighWatermark { get; set; }
        public long LastStableOffset { get; set; } = -1;
        public long LogStartOffset { get; set; } = -1;
        public EpochEndOffset? DivergingEpoch { get; set; }
        public LeaderIdAndEpoch? CurrentLeader { get; set; }
        public SnapshotId? SnapshotId { get; set; }
        public IReadOnlyList<AbortedTransaction>? AbortedTransactions { get; set; }
        public int PreferredReadReplica { get; set; } = -1;
        public RecordsSlice Records { get; set; }

        int IReused.Weight => 1;

        public static PartitionData Read(ref ProtocolReader reader, short version)
        {
            var data = new PartitionData();
            data.PartitionIndex = reader.ReadInt32();
            data.ErrorCode = reader.ReadErrorCode();
            data.HighWatermark = reader.ReadInt64();
            data.LastStableOffset = reader.ReadInt64();
            if (version >= 5)
                data.LogStartOffset = reader.ReadInt64();
            data.AbortedTransactions = reader.ReadNullableArray<AbortedTransaction>(version);
            if (version >= 11)
                data.PreferredReadReplica = reader.ReadInt32();
            data.Records = RecordsSlice.FromBytes(reader.ReadNullableRecords() ?? default);
            for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
            {
                switch (reader.ReadTag(out var end))
                {
                    case 0:
                        data.DivergingEpoch = EpochEndOffset.Read(ref reader, version);
                        break;
                    case 1:
                        data.CurrentLeader = LeaderIdAndEpoch.Read(ref reader, version);
                        break;
                    case 2:
                        data.SnapshotId = SnapshotId.Read(ref reader, version);
                        break;
                }

                reader.EndTag(end);
            }

            return data;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt64(HighWatermark);
            writer.WriteInt64(LastStableOffset);
            if (version >= 5)
                writer.WriteInt64(LogStartOffset);
            writer.WriteNullableArray(AbortedTransactions, version);
            if (version >= 11)
                writer.WriteInt32(PreferredReadReplica);
            writer.WriteRecords(Records);

            if (!writer.Flexible)
                return;

            var hasDivergingEpoch = DivergingEpoch is not null;
            var hasCurrentLeader = CurrentLeader is not null;
            var hasSnapshotId = SnapshotId is not null;
            writer.WriteTagCount((hasDivergingEpoch ? 1 : 0) + (hasCurrentLeader ? 1 : 0) + (hasSnapshotId ? 1 : 0));
            if (hasDivergingEpoch)
            {
                var tag = writer.BeginTag(0);
                DivergingEpoch!.Write(ref writer, version);
                writer.EndTag(tag);
            }

            if (hasCurrentLeader)
            {
                var tag = writer.BeginTag(1);
                CurrentLeader!.Write(ref writer, version);
                writer.EndTag(tag);
            }

            if (hasSnapshotId)
            {
                var tag = writer.BeginTag(2);
                SnapshotId!.Write(ref writer, version);
                writer.EndTag(tag);
            }
        }

        public void Reset()
        {
            PartitionIndex = 0;
            ErrorCode = ErrorCode.None;
            HighWatermark = 0;
            LastStableOffset = -1;
            LogStartOffset = -1;
            DivergingEpoch = null;
            CurrentLeader = null;
            SnapshotId = null;
            AbortedTransactions = null;
            PreferredReadReplica = -1;
            Records = default;
        }
    }

    public sealed class EpochEndOffset : IMessage<EpochEndOffset>
    {
        public int Epoch { get; set; } = -1;
        public long EndOffset { get; set; } = -1;

        public static EpochEndOffset Read(ref ProtocolReader reader, short version)
        {
            var offset = new EpochEndOffset();
            offset.Epoch = reader.ReadInt32();
            offset.EndOffset = reader.ReadInt64();
            reader.SkipTaggedFields();
            return offset;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(Epoch);
            writer.WriteInt64(EndOffset);
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

    public sealed class SnapshotId : IMessage<SnapshotId>
    {
        public long EndOffset { get; set; } = -1;
        public int Epoch { get; set; } = -1;

        public static SnapshotId Read(ref ProtocolReader reader, short version)
        {
            var item = new SnapshotId();
            item.EndOffset = reader.ReadInt64();
            item.Epoch = reader.ReadInt32();
            reader.SkipTaggedFields();
            return item;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt64(EndOffset);
            writer.WriteInt32(Epoch);
            writer.WriteTagCount();
        }
    }

    public sealed class AbortedTransaction : IMessage<AbortedTransaction>
    {
        public long ProducerId { get; set; }
        public long FirstOffset { get; set; }

        public static AbortedTransaction Read(ref ProtocolReader reader, short version)
        {
            var transaction = new AbortedTransaction();
            transaction.ProducerId = reader.ReadInt64();
            transaction.FirstOffset = reader.ReadInt64();
            reader.SkipTaggedFields();
            return transaction;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt64(ProducerId);
            writer.WriteInt64(FirstOffset);
            writer.WriteTagCount();
        }
    }
}
