namespace Broker.Protocol.Messages;

/// <summary>Version 0 (KIP-554).</summary>
public sealed class DescribeUserScramCredentialsRequest : IRequest<DescribeUserScramCredentialsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeUserScramCredentials;

    public static ApiVersionRange Versions => new(0, 0);

    public IReadOnlyList<UserName>? Users { get; set; } = [];

    public static DescribeUserScramCredentialsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeUserScramCredentialsRequest();
        request.Users = reader.ReadNullableArray<UserName>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteNullableArray(Users, version);
        writer.WriteTagCount();
    }

    public sealed class UserName : IMessage<UserName>
    {
        public string Name { get; set; } = "";

        public static UserName Read(ref ProtocolReader reader, short version)
        {
            var name = new UserName();
            name.Name = reader.ReadString();
            reader.SkipTaggedFields();
            return name;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DescribeUserScramCredentialsRequest"/>
public sealed class DescribeUserScramCredentialsResponse : IMessage<DescribeUserScramCredentialsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public IReadOnlyList<DescribeUserScramCredentialsResult> Results { get; set; } = [];

    public static DescribeUserScramCredentialsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeUserScramCredentialsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        response.Results = reader.ReadArray<DescribeUserScramCredentialsResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class DescribeUserScramCredentialsResult : IMessage<DescribeUserScramCredentialsResult>
    {
        public string User { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public IReadOnlyList<CredentialInfo> CredentialInfos { get; set; } = [];

        public static DescribeUserScramCredentialsResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DescribeUserScramCredentialsResult();
            result.User = reader.ReadString();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();
            result.CredentialInfos = reader.ReadArray<CredentialInfo>(version);
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(User);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteArray(CredentialInfos, version);
            writer.WriteTagCount();
        }
    }

    public sealed class CredentialInfo : IMessage<CredentialInfo>
    {
        public sbyte Mechanism { get; set; }
        public int Iterations { get; set; }

        public static CredentialInfo Read(ref ProtocolReader reader, short version)
        {
            var info = new CredentialInfo();
            info.Mechanism = reader.ReadInt8();
            info.Iterations = reader.ReadInt32();
            reader.SkipTaggedFields();
            return info;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt8(Mechanism);
            writer.WriteInt32(Iterations);
            writer.WriteTagCount();
        }
    }
}
