namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 4-18. 4: isolation level. 7: sessions (KIP-227). 9: leader epochs. 10: zstd. 12: diverging epochs. 13: topics by id.
/// 15: the follower's state is a tagged field. 16: addresses of new leaders (KIP-951). 17 and 18 concern followers.
/// </summary>
public sealed class FetchRequest : IRequest<FetchRequest>, IReusedMessage<FetchRequest>
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

    int IReused.Weight => 1 + Topics.Weight();

    public static FetchRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new FetchRequest();
        request.ReadAgain(ref reader, version);
        return request;
    }

    public void ReadAgain(ref ProtocolReader reader, short version)
    {
        if (version <= 14)
            ReplicaId = reader.ReadInt32();
        MaxWaitMs = reader.ReadInt32();
        MinBytes = reader.ReadInt32();
        MaxBytes = reader.ReadInt32();
        IsolationLevel = reader.ReadInt8();

        if (version >= 7)
        {
            SessionId = reader.ReadInt32();
            SessionEpoch = reader.ReadInt32();
        }

        Topics = reader.ReadArray(Topics, version);
        if (version >= 7)
            ForgottenTopicsData = reader.ReadArray<ForgottenTopic>(version);
        if (version >= 11)
            RackId = reader.ReadString();
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            switch (reader.ReadTag(out var end))
            {
                case 0:
                    ClusterId = reader.ReadNullableString();
                    break;
                case 1 when version >= 15:
                    ReplicaState = FollowerState.Read(ref reader, version);
                    break;
            }

            reader.EndTag(end);
        }
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

    public void Reset()
    {
        ClusterId = null;
        ReplicaId = -1;
        ReplicaState = null;
        MaxWaitMs = 0;
        MinBytes = 0;
        MaxBytes = int.MaxValue;
        IsolationLevel = 0;
        SessionId = 0;
        SessionEpoch = -1;
        Topics = Topics.Emptied();
        ForgottenTopicsData = [];
        RackId = "";
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

    public sealed class FetchTopic : IReusedMessage<FetchTopic>
    {
        public string Topic { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<FetchPartition> Partitions { get; set; } = [];

        int IReused.Weight => 1 + Partitions.Weight();

        public static FetchTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new FetchTopic();
            topic.ReadAgain(ref reader, version);
            return topic;
        }

        public void ReadAgain(ref ProtocolReader reader, short version)
        {
            if (version <= 12)
                Topic = reader.ReadString();
            if (version >= 13)
                TopicId = reader.ReadUuid();
            Partitions = reader.ReadArray(Partitions, version);
            reader.SkipTaggedFields();
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

    public sealed class FetchPartition : IReusedMessage<FetchPartition>
    {
        public int Partition { get; set; }
        public int CurrentLeaderEpoch { get; set; } = -1;
        public long FetchOffset { get; set; }
        public int LastFetchedEpoch { get; set; } = -1;
        public long LogStartOffset { get; set; } = -1;
        public int PartitionMaxBytes { get; set; }
        public Guid ReplicaDirectoryId { get; set; }
        public long HighWatermark { get; set; } = long.MaxValue;

        int IReused.Weight => 1;

        public static FetchPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new FetchPartition();
            partition.ReadAgain(ref reader, version);
            return partition;
        }

        public void ReadAgain(ref ProtocolReader reader, short version)
        {
            Partition = reader.ReadInt32();
            if (version >= 9)
                CurrentLeaderEpoch = reader.ReadInt32();
            FetchOffset = reader.ReadInt64();
            if (version >= 12)
                LastFetchedEpoch = reader.ReadInt32();
            if (version >= 5)
                LogStartOffset = reader.ReadInt64();
            PartitionMaxBytes = reader.ReadInt32();
            for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
            {
                switch (reader.ReadTag(out var end))
                {
                    case 0 when version >= 17:
                        ReplicaDirectoryId = reader.ReadUuid();
                        break;
                    case 1 when version >= 18:
                        HighWatermark = reader.ReadInt64();
                        break;
                }

                reader.EndTag(end);
            }
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

        public void Reset()
        {
            Partition = 0;
            CurrentLeaderEpoch = -1;
            FetchOffset = 0;
            LastFetchedEpoch = -1;
            LogStartOffset = -1;
            PartitionMaxBytes = 0;
            ReplicaDirectoryId = Guid.Empty;
            HighWatermark = long.MaxValue;
        }
    }
}
