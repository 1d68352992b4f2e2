using System.Security.Cryptography;
using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Security.Support;

/// <summary>SASL as a client speaks it.</summary>
internal static class SaslRequests
{
    public static Task<SaslHandshakeResponse> HandshakeAsync(this KafkaClient client, string mechanism, short version = 1) =>
        client.AskAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = mechanism }, version);

    public static Task<SaslAuthenticateResponse> TokenAsync(this KafkaClient client, byte[] token, short version = 2) =>
        client.AskAsync<SaslAuthenticateRequest, SaslAuthenticateResponse>(new SaslAuthenticateRequest { AuthBytes = token }, version);

    public static byte[] PlainToken(string user, string password, string actFor = "") => Encoding.UTF8.GetBytes($"{actFor}\0{user}\0{password}");

    public static async Task<SaslAuthenticateResponse> PlainAsync(this KafkaClient client, string user, string password)
    {
        Assert.Equal(ErrorCode.None, (await client.HandshakeAsync("PLAIN")).ErrorCode);
        return await client.TokenAsync(PlainToken(user, password));
    }

    /// <returns>The last answer.</returns>
    public static async Task<SaslAuthenticateResponse> ScramAsync(this KafkaClient client, string user, string password, string mechanism = "SCRAM-SHA-256")
    {
        Assert.Equal(ErrorCode.None, (await client.HandshakeAsync(mechanism)).ErrorCode);
        var scram = new ScramClient(user, password, mechanism.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256, Guid.NewGuid().ToString("N"));
        var first = await client.TokenAsync(scram.First());
        Assert.Equal(ErrorCode.None, first.ErrorCode);
        var last = await client.TokenAsync(scram.Final(Encoding.UTF8.GetString(first.AuthBytes)));
        if (last.ErrorCode == ErrorCode.None)
            Assert.Equal(scram.ServerFinal(), Encoding.UTF8.GetString(last.AuthBytes));
        return last;
    }

    /// <summary>Whether the broker serves this client now.</summary>
    public static async Task<bool> IsServedAsync(this KafkaClient client)
    {
        try
        {
            await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
