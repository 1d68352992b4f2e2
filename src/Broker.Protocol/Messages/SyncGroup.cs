namespace Broker.Protocol.Messages;

/// <summary>Versions 0-5. 3: static members. 5: protocol type and name.</summary>
public sealed class SyncGroupRequest : IRequest<SyncGroupRequest>
{
    public static ApiKey ApiKey => ApiKey.SyncGroup;

    public static ApiVersionRange Versions => new(0, 5);

    public string GroupId { get; set; } = "";
    public int GenerationId { get; set; }
    public string MemberId { get; set; } = "";
    public string? GroupInstanceId { get; set; }
    public string? ProtocolType { get; set; }
    public string? ProtocolName { get; set; }
    public IReadOnlyList<SyncGroupRequestAssignment> Assignments { get; set; } = [];

    public static SyncGroupRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new SyncGroupRequest();
        request.GroupId = reader.ReadString();
        request.GenerationId = reader.ReadInt32();
        request.MemberId = reader.ReadString();
        if (version >= 3)
            request.GroupInstanceId = reader.ReadNullableString();

        if (version >= 5)
        {
            request.ProtocolType = reader.ReadNullableString();
            request.ProtocolName = reader.ReadNullableString();
        }

        request.Assignments = reader.ReadArray<SyncGroupRequestAssignment>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        writer.WriteInt32(GenerationId);
        writer.WriteString(MemberId);
        if (version >= 3)
            writer.WriteNullableString(GroupInstanceId);

        if (version >= 5)
        {
            writer.WriteNullableString(ProtocolType);
            writer.WriteNullableString(ProtocolName);
        }

        writer.WriteArray(Assignments, version);
        writer.WriteTagCount();
    }

    public sealed class SyncGroupRequestAssignment : IMessage<SyncGroupRequestAssignment>
    {
        public string MemberId { get; set; } = "";
        public byte[] Assignment { get; set; } = [];

        public static SyncGroupRequestAssignment Read(ref ProtocolReader reader, short version)
        {
            var assignment = new SyncGroupRequestAssignment();
            assignment.MemberId = reader.ReadString();
            assignment.Assignment = reader.ReadBytes();
            reader.SkipTaggedFields();
            return assignment;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(MemberId);
            writer.WriteBytes(Assignment);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="SyncGroupRequest"/>
public sealed class SyncGroupResponse : IMessage<SyncGroupResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ProtocolType { get; set; }
    public string? ProtocolName { get; set; }
    public byte[] Assignment { get; set; } = [];

    public static SyncGroupResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new SyncGroupResponse();
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();

        if (version >= 5)
        {
            response.ProtocolType = reader.ReadNullableString();
            response.ProtocolName = reader.ReadNullableString();
        }

        response.Assignment = reader.ReadBytes();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);

        if (version >= 5)
        {
            writer.WriteNullableString(ProtocolType);
            writer.WriteNullableString(ProtocolName);
        }

        writer.WriteBytes(Assignment);
        writer.WriteTagCount();
    }
}
