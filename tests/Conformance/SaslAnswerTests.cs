using System.Buffers.Binary;
using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;
using static Broker.Protocol.Messages.AlterUserScramCredentialsRequest;

namespace Conformance;

/// <summary>What the broker answers to SASL and to SCRAM users byte by byte, right and wrong.</summary>
public class SaslAnswerTests(SecureBroker broker) : IClassFixture<SecureBroker>
{
    private const sbyte Sha256 = 1;

    [Fact]
    public async Task an_unknown_mechanism_is_answered_with_the_known_ones_and_the_connection_closed()
    {
        using var client = await ConnectAsync();

        var answer = await client.AskAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = "OAUTHBEARER" }, 1);

        Assert.Equal(ErrorCode.UnsupportedSaslMechanism, answer.ErrorCode);
        Assert.Equal(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"], answer.Mechanisms.Order(StringComparer.Ordinal));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task versions_may_be_asked_for_before_and_nothing_else()
    {
        using var client = await ConnectAsync();
        await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3);

        await client.SendAsync(new MetadataRequest { Topics = [] }, 12);

        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task a_plain_user_is_told_how_long_the_session_lasts()
    {
        using var client = await ConnectAsync();

        var answer = await PlainAsync(client, $"\0{SecureBroker.PlainUser}\0{SecureBroker.Password}");

        Assert.Equal((ErrorCode.None, 0, 3_600_000L), (answer.ErrorCode, answer.AuthBytes.Length, answer.SessionLifetimeMs));
        var metadata = await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
        Assert.Equal(broker.AddressOf("SASL_PLAINTEXT"), $"{metadata.Brokers[0].Host}:{metadata.Brokers[0].Port}");
    }

    [Theory]
    [InlineData("\0plain-user\0wrong", "Authentication failed: Invalid username or password")]
    [InlineData("\0nobody\0wrong", "Authentication failed: Invalid username or password")]
    [InlineData("plain-user\0other\0other", "Authentication failed: Client requested an authorization id that is different from username")]
    [InlineData("\0plain-user", null)]
    [InlineData("", null)]
    public async Task a_plain_token_that_proves_nothing_is_refused(string token, string? message)
    {
        using var client = await ConnectAsync();

        var answer = await PlainAsync(client, token);

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, answer.ErrorCode);
        if (message is not null)
            Assert.Equal(message, answer.ErrorMessage);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [InlineData("n,,n=scram-user,r=abc", "n,,", false)]
    [InlineData("n,,n=scram-user,r=abc", "n,,", true)]
    public async Task a_scram_client_that_knows_the_password_needs_the_nonce_that_was_issued(string first, string header, bool forged)
    {
        using var client = await ConnectAsync();
        await client.AskAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = "SCRAM-SHA-256" }, 1);
        var serverFirst = Encoding.UTF8.GetString((await TokenAsync(client, first)).AuthBytes);
        Assert.Matches(@"\Ar=abc[^,]{16,},s=[A-Za-z0-9+/=]+,i=4096\z", serverFirst);

        var scram = new Broker.Tests.Security.Support.ScramClient(
            SecureBroker.User, SecureBroker.Password, System.Security.Cryptography.HashAlgorithmName.SHA256, "abc")
        { Header = header };
        var nonce = serverFirst.Split(',')[0][2..];
        var last = await client.AskAsync<SaslAuthenticateRequest, SaslAuthenticateResponse>(
            new SaslAuthenticateRequest { AuthBytes = scram.Final(serverFirst, forgedNonce: forged ? "abc" + nonce : null) }, 2);

        Assert.Equal(forged ? ErrorCode.SaslAuthenticationFailed : ErrorCode.None, last.ErrorCode);
        if (forged)
            Assert.Equal("Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256", last.ErrorMessage);
        else
            Assert.Equal(scram.ServerFinal(), Encoding.UTF8.GetString(last.AuthBytes));
    }

    [Fact]
    public async Task after_a_handshake_of_version_0_tokens_go_bare()
    {
        using var client = await ConnectAsync();
        await client.AskAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = "PLAIN" }, 0);
        var token = Encoding.UTF8.GetBytes($"\0{SecureBroker.PlainUser}\0{SecureBroker.Password}");
        var frame = new byte[4 + token.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, token.Length);
        token.CopyTo(frame, 4);

        await client.SendAsync(frame);

        Assert.Empty(await client.ReceiveAsync());
        await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
    }

    [Fact]
    public async Task who_authenticates_again_stays_who_he_was()
    {
        using var client = await ConnectAsync();
        await PlainAsync(client, $"\0{SecureBroker.PlainUser}\0{SecureBroker.Password}");
        Assert.Equal(ErrorCode.None, (await PlainAsync(client, $"\0{SecureBroker.PlainUser}\0{SecureBroker.Password}")).ErrorCode);

        using var other = await ConnectAsync();
        await PlainAsync(other, $"\0{SecureBroker.PlainUser}\0{SecureBroker.Password}");
        var answer = await PlainAsync(other, "\0other\0other");

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, answer.ErrorCode);
        Assert.True(await other.IsClosedAsync());
    }

    [Fact]
    public async Task without_sasl_its_requests_are_out_of_place()
    {
        using var client = await RawClient.ConnectAsync(broker.Open);

        var handshake = await client.AskAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = "PLAIN" }, 1);
        var token = await TokenAsync(client, "\0a\0b");

        Assert.Equal((ErrorCode.IllegalSaslState, ErrorCode.IllegalSaslState), (handshake.ErrorCode, token.ErrorCode));
        Assert.Empty(handshake.Mechanisms);
    }

    [Fact]
    public async Task bad_changes_of_users_are_refused_each_with_its_reason()
    {
        var twice = TestBroker.NewName("user");
        var both = TestBroker.NewName("user");
        var response = await AlterAsync(
            [Deletion("nobody-of-this-name", Sha256), Deletion("unknown-mechanism", 7), Deletion(both, Sha256)],
            [Upsertion("too-few", Sha256, 4095), Upsertion("too-many", Sha256, 16385), Upsertion("", Sha256, 4096), Upsertion("no-mechanism", 0, 4096),
             Upsertion(twice, Sha256, 4096), Upsertion(twice, 2, 4096), Upsertion(both, 2, 4096)]);

        string[] expected =
        [
            " UnacceptableCredential: Username must not be empty",
            "no-mechanism UnsupportedSaslMechanism: Unknown SCRAM mechanism",
            "nobody-of-this-name ResourceNotFound: Attempt to delete a user credential that does not exist",
            "too-few UnacceptableCredential: Too few iterations",
            "too-many UnacceptableCredential: Too many iterations",
            "unknown-mechanism UnsupportedSaslMechanism: Unknown SCRAM mechanism",
            $"{both} ResourceNotFound: Attempt to delete a user credential that does not exist",
            $"{twice} DuplicateResource: A user credential cannot be altered twice in the same request",
        ];
        var answered = response.Results.Select(r => $"{r.User} {r.ErrorCode}: {r.ErrorMessage}");
        Assert.Equal(string.Join('\n', expected.Order(StringComparer.Ordinal)), string.Join('\n', answered.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task users_are_described_by_name_or_all()
    {
        using var client = await RawClient.ConnectAsync(broker.Open);
        var set = Assert.Single((await AlterAsync([], [Upsertion("described", Sha256, 4096)])).Results);
        Assert.Equal((ErrorCode.None, (string?)null), (set.ErrorCode, set.ErrorMessage));
        Task<DescribeUserScramCredentialsResponse> DescribeAsync(params string[]? names) =>
            client.AskAsync<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(
                new DescribeUserScramCredentialsRequest { Users = names?.Select(n => new DescribeUserScramCredentialsRequest.UserName { Name = n }).ToList() }, 0);

        var named = await DescribeAsync(SecureBroker.User, "nobody", "nobody", "somebody");
        var all = await DescribeAsync(null);
        var none = await DescribeAsync();

        Assert.Equal((ErrorCode.None, ""), (named.ErrorCode, named.ErrorMessage));
        Assert.Equal(
            [
                ("nobody", ErrorCode.DuplicateResource, "Cannot describe SCRAM credentials for the same user twice in a single request: nobody"),
                (SecureBroker.User, ErrorCode.None, ""),
                ("somebody", ErrorCode.ResourceNotFound, "Attempt to describe a user credential that does not exist: somebody"),
            ],
            named.Results.Select(r => (r.User, r.ErrorCode, r.ErrorMessage)).Order());
        Assert.Equal([(Sha256, 4096), ((sbyte)2, 4096)], all.Results.Single(r => r.User == SecureBroker.User).CredentialInfos.Select(i => (i.Mechanism, i.Iterations)).Order());
        Assert.Contains(none.Results, r => r.User == SecureBroker.User);
    }

    private Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(broker.AddressOf("SASL_PLAINTEXT"));

    private static async Task<SaslAuthenticateResponse> PlainAsync(RawClient client, string token)
    {
        var handshake = await client.AskAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = "PLAIN" }, 1);
        Assert.Equal(ErrorCode.None, handshake.ErrorCode);
        return await TokenAsync(client, token);
    }

    private static Task<SaslAuthenticateResponse> TokenAsync(RawClient client, string token) =>
        client.AskAsync<SaslAuthenticateRequest, SaslAuthenticateResponse>(new SaslAuthenticateRequest { AuthBytes = Encoding.UTF8.GetBytes(token) }, 2);

    private async Task<AlterUserScramCredentialsResponse> AlterAsync(IReadOnlyList<ScramCredentialDeletion> deletions, IReadOnlyList<ScramCredentialUpsertion> upsertions)
    {
        using var client = await RawClient.ConnectAsync(broker.Open);
        return await client.AskAsync<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(
            new AlterUserScramCredentialsRequest { Deletions = deletions, Upsertions = upsertions }, 0);
    }

    private static ScramCredentialDeletion Deletion(string user, sbyte mechanism) => new() { Name = user, Mechanism = mechanism };

    private static ScramCredentialUpsertion Upsertion(string user, sbyte mechanism, int iterations) =>
        new() { Name = user, Mechanism = mechanism, Iterations = iterations, Salt = [1, 2, 3, 4], SaltedPassword = new byte[32] };
}
