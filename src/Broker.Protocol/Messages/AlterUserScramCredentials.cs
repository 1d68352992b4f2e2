namespace Broker.Protocol.Messages;

/// <summary>Version 0 (KIP-554).</summary>
public sealed class AlterUserScramCredentialsRequest : IRequest<AlterUserScramCredentialsRequest>
{
    public static ApiKey ApiKey => ApiKey.AlterUserScramCredentials;

    public static ApiVersionRange Versions => new(0, 0);

    public IReadOnlyList<ScramCredentialDeletion> Deletions { get; set; } = [];
    public IReadOnlyList<ScramCredentialUpsertion> Upsertions { get; set; } = [];

    public static AlterUserScramCredentialsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new AlterUserScramCredentialsRequest();
        request.Deletions = reader.ReadArray<ScramCredentialDeletion>(version);
        request.Upsertions = reader.ReadArray<ScramCredentialUpsertion>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Deletions, version);
        writer.WriteArray(Upsertions, version);
        writer.WriteTagCount();
    }

    public sealed class ScramCredentialDeletion : IMessage<ScramCredentialDeletion>
    {
        public string Name { get; set; } = "";
        public sbyte Mechanism { get; set; }

        public static ScramCredentialDeletion Read(ref ProtocolReader reader, short version)
        {
            var deletion = new ScramCredentialDeletion();
            deletion.Name = reader.ReadString();
            deletion.Mechanism = reader.ReadInt8();
            reader.SkipTaggedFields();
            return deletion;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt8(Mechanism);
            writer.WriteTagCount();
        }
    }

    public sealed class ScramCredentialUpsertion : IMessage<ScramCredentialUpsertion>
    {
        public string Name { get; set; } = "";
        public sbyte Mechanism { get; set; }
        public int Iterations { get; set; }
        public byte[] Salt { get; set; } = [];
        public byte[] SaltedPassword { get; set; } = [];

        public static ScramCredentialUpsertion Read(ref ProtocolReader reader, short version)
        {
            var upsertion = new ScramCredentialUpsertion();
            upsertion.Name = reader.ReadString();
            upsertion.Mechanism = reader.ReadInt8();
            upsertion.Iterations = reader.ReadInt32();
            upsertion.Salt = reader.ReadBytes();
            upsertion.SaltedPassword = reader.ReadBytes();
            reader.SkipTaggedFields();
            return upsertion;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt8(Mechanism);
            writer.WriteInt32(Iterations);
            writer.WriteBytes(Salt);
            writer.WriteBytes(SaltedPassword);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="AlterUserScramCredentialsRequest"/>
public sealed class AlterUserScramCredentialsResponse : IMessage<AlterUserScramCredentialsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<AlterUserScramCredentialsResult> Results { get; set; } = [];

    public static AlterUserScramCredentialsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new AlterUserScramCredentialsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Results = reader.ReadArray<AlterUserScramCredentialsResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class AlterUserScramCredentialsResult : IMessage<AlterUserScramCredentialsResult>
    {
        public string User { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }

        public static AlterUserScramCredentialsResult Read(ref ProtocolReader reader, short version)
        {
            var result = new AlterUserScramCredentialsResult();
            result.User = reader.ReadString();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(User);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteTagCount();
        }
    }
}
