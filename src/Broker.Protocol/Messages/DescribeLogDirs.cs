namespace Broker.Protocol.Messages;

/// <summary>Versions 1-5. 3: an error for the whole answer. 4: size of the volume. 5: whether new partitions are kept away.</summary>
public sealed class DescribeLogDirsRequest : IRequest<DescribeLogDirsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeLogDirs;

    public static ApiVersionRange Versions => new(1, 5);

    public IReadOnlyList<DescribableLogDirTopic>? Topics { get; set; } = [];

    public static DescribeLogDirsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeLogDirsRequest();
        request.Topics = reader.ReadNullableArray<DescribableLogDirTopic>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteNullableArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class DescribableLogDirTopic : IMessage<DescribableLogDirTopic>
    {
        public string Topic { get; set; } = "";
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static DescribableLogDirTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new DescribableLogDirTopic();
            topic.Topic = reader.ReadString();
            topic.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Topic);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DescribeLogDirsRequest"/>
public sealed class DescribeLogDirsResponse : IMessage<DescribeLogDirsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<DescribeLogDirsResult> Results { get; set; } = [];

    public static DescribeLogDirsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeLogDirsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        if (version >= 3)
            response.ErrorCode = reader.ReadErrorCode();
        response.Results = reader.ReadArray<DescribeLogDirsResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        if (version >= 3)
            writer.WriteErrorCode(ErrorCode);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class DescribeLogDirsResult : IMessage<DescribeLogDirsResult>
    {
        public ErrorCode ErrorCode { get; set; }
        public string LogDir { get; set; } = "";
        public IReadOnlyList<DescribeLogDirsTopic> Topics { get; set; } = [];
        public long TotalBytes { get; set; } = -1;
        public long UsableBytes { get; set; } = -1;
        public bool IsCordoned { get; set; }

        public static DescribeLogDirsResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DescribeLogDirsResult();
            result.ErrorCode = reader.ReadErrorCode();
            result.LogDir = reader.ReadString();
            result.Topics = reader.ReadArray<DescribeLogDirsTopic>(version);

            if (version >= 4)
            {
                result.TotalBytes = reader.ReadInt64();
                result.UsableBytes = reader.ReadInt64();
            }

            if (version >= 5)
                result.IsCordoned = reader.ReadBoolean();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteString(LogDir);
            writer.WriteArray(Topics, version);

            if (version >= 4)
            {
                writer.WriteInt64(TotalBytes);
                writer.WriteInt64(UsableBytes);
            }

            if (version >= 5)
                writer.WriteBoolean(IsCordoned);
            writer.WriteTagCount();
        }
    }

    public sealed class DescribeLogDirsTopic : IMessage<DescribeLogDirsTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<DescribeLogDirsPartition> Partitions { get; set; } = [];

        public static DescribeLogDirsTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new DescribeLogDirsTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<DescribeLogDirsPartition>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class DescribeLogDirsPartition : IMessage<DescribeLogDirsPartition>
    {
        public int PartitionIndex { get; set; }
        public long PartitionSize { get; set; }
        public long OffsetLag { get; set; }
        public bool IsFutureKey { get; set; }

        public static DescribeLogDirsPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new DescribeLogDirsPartition();
            partition.PartitionIndex = reader.ReadInt32();
            partition.PartitionSize = reader.ReadInt64();
            partition.OffsetLag = reader.ReadInt64();
            partition.IsFutureKey = reader.ReadBoolean();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(PartitionSize);
            writer.WriteInt64(OffsetLag);
            writer.WriteBoolean(IsFutureKey);
            writer.WriteTagCount();
        }
    }
}
