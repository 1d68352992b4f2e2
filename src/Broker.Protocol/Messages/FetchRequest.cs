namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 4-18. 4: isolation level. 7: sessions (KIP-227). 9: leader epochs. 10: zstd. 12: diverging epochs. 13: topics by id.
/// 15: the follower's state is a tagged field. 16: addresses of new leaders (KIP-951). 17 and 18 concern followers.
/// </summary>
public sealed class FetchRequest : IRequest<FetchRequest>
{
    public static ApiKey ApiKey => ApiKey.Fetch;

    public static ApiVersionRange Versions => new(4, 18);

    public string? ClusterId { get; set; }
    public int ReplicaId { get; set; } = -1;
    public FollowerState? ReplicaState { get; set; }
    public int MaxWaitMs { get; set; }
    public int MinBytes { get; set; }
    public int MaxBytes { get; set; } = int.MaxValue;
    public sbyte IsolationLevel { get; set; }
    public int SessionId { get; set; }
    public int SessionEpoch { get; set; } = -1;
    public IReadOnlyList<FetchTopic> Topics { get; set; } = [];
    public IReadOnlyList<ForgottenTopic> ForgottenTopicsData { get; set; } = [];
    public string RackId { get; set; } = "";

    public static FetchRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new FetchRequest();
        if (version <= 14)
            request.ReplicaId = reader.ReadInt32();
        request.MaxWaitMs = reader.ReadInt32();
        request.MinBytes = reader.ReadInt32();
        request.MaxBytes = reader.ReadInt32();
        request.IsolationLevel = reader.ReadInt8();

        if (version >= 7)
        {
            request.SessionId = reader.ReadInt32();
            request.SessionEpoch = reader.ReadInt32();
        }

        request.Topics = reader.ReadArray<FetchTopic>(version);
        if (version >= 7)
            request.ForgottenTopicsData = reader.ReadArray<ForgottenTopic>(version);
        if (version >= 11)
            request.RackId = reader.ReadString();
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            switch (reader.ReadTag(out var end))
            {
                case 0:
                    request.ClusterId = reader.ReadNullableString();
                    break;
                case 1 when version >= 15:
                    request.ReplicaState = FollowerState.Read(ref reader, version);
                    break;
            }

            reader.EndTag(end);
        }

        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version <= 14)
            writer.WriteInt32(ReplicaId);
        writer.WriteInt32(MaxWaitMs);
        writer.WriteInt32(MinBytes);
        writer.WriteInt32(MaxBytes);
        writer.WriteInt8(IsolationLevel);

        if (version >= 7)
        {
            writer.WriteInt32(SessionId);
            writer.WriteInt32(SessionEpoch);
        }

        writer.WriteArray(Topics, version);
        if (version >= 7)
            writer.WriteArray(ForgottenTopicsData, version);
        if (version >= 11)
            writer.WriteString(RackId);

        if (!writer.Flexible)
            return;

        var hasClusterId = ClusterId is not null;
        var hasReplicaState = version >= 15 && ReplicaState is not null;
        writer.WriteTagCount((hasClusterId ? 1 : 0) + (hasReplicaState ? 1 : 0));
        if (hasClusterId)
        {
            var tag = writer.BeginTag(0);
            writer.WriteNullableString(ClusterId);
            writer.EndTag(tag);
        }

        if (hasReplicaState)
        {
            var tag = writer.BeginTag(1);
            ReplicaState!.Write(ref writer, version);
            writer.EndTag(tag);
        }
    }

    public sealed class FollowerState : IMessage<FollowerState>
    {
        public int ReplicaId { get; set; } = -1;
        public long ReplicaEpoch { get; set; } = -1;

        public static FollowerState Read(ref ProtocolReader reader, short version)
        {
            var state = new FollowerState();
            state.ReplicaId = reader.ReadInt32();
            state.ReplicaEpoch = reader.ReadInt64();
            reader.SkipTaggedFields();
            return state;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(ReplicaId);
            writer.WriteInt64(ReplicaEpoch);
            writer.WriteTagCount();
        }
    }

    public sealed class FetchTopic : IMessage<FetchTopic>
    {
        public string Topic { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<FetchPartition> Partitions { get; set; } = [];

        public static FetchTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new FetchTopic();
            if (version <= 12)
                topic.Topic = reader.ReadString();
            if (version >= 13)
                topic.TopicId = reader.ReadUuid();
            topic.Partitions = reader.ReadArray<FetchPartition>(version);
            reader.SkipTaggedFields();
            return topic;
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
    }

    public sealed class ForgottenTopic : IMessage<ForgottenTopic>
    {
        public string Topic { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static ForgottenTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new ForgottenTopic();
            if (version <= 12)
                topic.Topic = reader.ReadString();
            if (version >= 13)
                topic.TopicId = reader.ReadUuid();
            topic.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version <= 12)
                writer.WriteString(Topic);
            if (version >= 13)
                writer.WriteUuid(TopicId);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }

    public sealed class FetchPartition : IMessage<FetchPartition>
    {
        public int Partition { get; set; }
        public int CurrentLeaderEpoch { get; set; } = -1;
        public long FetchOffset { get; set; }
        public int LastFetchedEpoch { get; set; } = -1;
        public long LogStartOffset { get; set; } = -1;
        public int PartitionMaxBytes { get; set; }
        public Guid ReplicaDirectoryId { get; set; }
        public long HighWatermark { get; set; } = long.MaxValue;

        public static FetchPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new FetchPartition();
            partition.Partition = reader.ReadInt32();
            if (version >= 9)
                partition.CurrentLeaderEpoch = reader.ReadInt32();
            partition.FetchOffset = reader.ReadInt64();
            if (version >= 12)
                partition.LastFetchedEpoch = reader.ReadInt32();
            if (version >= 5)
                partition.LogStartOffset = reader.ReadInt64();
            partition.PartitionMaxBytes = reader.ReadInt32();
            for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
            {
                switch (reader.ReadTag(out var end))
                {
                    case 0 when version >= 17:
                        partition.ReplicaDirectoryId = reader.ReadUuid();
                        break;
                    case 1 when version >= 18:
                        partition.HighWatermark = reader.ReadInt64();
                        break;
                }

                reader.EndTag(end);
            }

            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(Partition);
            if (version >= 9)
                writer.WriteInt32(CurrentLeaderEpoch);
            writer.WriteInt64(FetchOffset);
            if (version >= 12)
                writer.WriteInt32(LastFetchedEpoch);
            if (version >= 5)
                writer.WriteInt64(LogStartOffset);
            writer.WriteInt32(PartitionMaxBytes);

            if (!writer.Flexible)
                return;

            var hasReplicaDirectoryId = version >= 17 && ReplicaDirectoryId != Guid.Empty;
            var hasHighWatermark = version >= 18 && HighWatermark != long.MaxValue;
            writer.WriteTagCount((hasReplicaDirectoryId ? 1 : 0) + (hasHighWatermark ? 1 : 0));
            if (hasReplicaDirectoryId)
            {
                var tag = writer.BeginTag(0);
                writer.WriteUuid(ReplicaDirectoryId);
                writer.EndTag(tag);
            }

            if (hasHighWatermark)
            {
                var tag = writer.BeginTag(1);
                writer.WriteInt64(HighWatermark);
                writer.EndTag(tag);
            }
        }
    }
}
