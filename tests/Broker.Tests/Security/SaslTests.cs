using System.Buffers.Binary;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Security.Support;
using Broker.Tests.Support;

namespace Broker.Tests.Security;

public sealed class SaslTests
{
    private const string Users = "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"alice-secret\" user_bob=\"bob-secret\";";

    [Fact]
    public async Task a_client_with_the_right_password_is_served()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.PlainAsync("alice", "alice-secret");

        Assert.Equal((ErrorCode.None, 0L), (answer.ErrorCode, answer.SessionLifetimeMs));
        Assert.True(await client.IsServedAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains("authenticated as User:alice by PLAIN", StringComparison.Ordinal));
        Assert.DoesNotContain(broker.Log.Lines, l => l.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("alice", "wrong", "")]
    [InlineData("mallory", "alice-secret", "")]
    [InlineData("alice", "bob-secret", "")]
    public async Task a_wrong_name_and_a_wrong_password_look_alike(string user, string password, string actFor)
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.HandshakeAsync("PLAIN");

        var answer = await client.TokenAsync(SaslRequests.PlainToken(user, password, actFor));

        Assert.Equal((ErrorCode.SaslAuthenticationFailed, "Authentication failed: Invalid username or password"), (answer.ErrorCode, answer.ErrorMessage));
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.DoesNotContain(broker.Log.Lines, l => l.Contains(password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task nobody_may_act_for_somebody_else()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.HandshakeAsync("PLAIN");

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, (await client.TokenAsync(SaslRequests.PlainToken("bob", "bob-secret", actFor: "alice"))).ErrorCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("\0alice")]
    [InlineData("\0\0alice-secret")]
    [InlineData("\0alice\0")]
    [InlineData("\0alice\0alice-secret\0more")]
    public async Task a_token_of_another_shape_is_refused(string token)
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.HandshakeAsync("PLAIN");

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, (await client.TokenAsync(System.Text.Encoding.UTF8.GetBytes(token))).ErrorCode);
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("GSSAPI")]
    [InlineData("plain")]
    [InlineData("")]
    public async Task a_mechanism_that_is_not_offered_is_answered_with_those_that_are(string mechanism)
    {
        await using var broker = await StartAsync(o => o.SaslEnabledMechanisms = "SCRAM-SHA-512,PLAIN");
        var client = await broker.ConnectAsync();

        var answer = await client.HandshakeAsync(mechanism);

        Assert.Equal(ErrorCode.UnsupportedSaslMechanism, answer.ErrorCode);
        Assert.Equal(["SCRAM-SHA-512", "PLAIN"], answer.Mechanisms);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task after_a_handshake_of_version_0_the_tokens_come_bare()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();

        await client.HandshakeAsync("PLAIN", version: 0);
        await client.SendRawAsync(Framed(SaslRequests.PlainToken("alice", "alice-secret")));

        Assert.Empty(await client.ReceiveFrameAsync() ?? throw new IOException("closed"));
        Assert.True(await client.IsServedAsync());
    }

    [Fact]
    public async Task a_wrong_bare_token_ends_in_silence()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();

        await client.HandshakeAsync("PLAIN", version: 0);
        await client.SendRawAsync(Framed([1]));

        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task only_versions_and_the_handshake_are_served_before()
    {
        await using var broker = await StartAsync();
        var curious = await broker.ConnectAsync();
        await curious.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3);
        await curious.HandshakeAsync("PLAIN");
        Assert.False(await curious.IsServedAsync());

        Assert.False(await (await broker.ConnectAsync()).IsServedAsync());

        var hasty = await broker.ConnectAsync();
        await hasty.SendAsync(new SaslAuthenticateRequest { AuthBytes = SaslRequests.PlainToken("alice", "alice-secret") }, 2);
        Assert.Null(await hasty.ReceiveFrameAsync());
    }

    [Fact]
    public async Task a_long_request_is_refused_before_and_taken_after()
    {
        await using var broker = await StartAsync();
        var stranger = await broker.ConnectAsync();
        var announced = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(announced, 524_289);
        await stranger.SendRawAsync(announced);
        Assert.Null(await stranger.ReceiveFrameAsync());

        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");
        await client.CreateTopicAsync("t");
        Assert.Equal(0, (await client.ProduceAsync("t", Requests.Batch(new string('x', 600_000)))).BaseOffset);
    }

    [Fact]
    public async Task without_sasl_its_requests_are_out_of_place()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.IllegalSaslState, (await client.HandshakeAsync("PLAIN")).ErrorCode);
        Assert.Equal(ErrorCode.IllegalSaslState, (await client.TokenAsync([])).ErrorCode);
        Assert.True(await client.IsServedAsync());
    }

    [Fact]
    public async Task the_answer_to_a_failure_is_held_back()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var broker = await StartAsync(o => o.ConnectionFailedAuthenticationDelayMs = 5_000, time);
        var client = await broker.ConnectAsync();
        await client.HandshakeAsync("PLAIN");

        var answering = client.TokenAsync(SaslRequests.PlainToken("alice", "wrong"));
        await broker.Log.WaitForAsync("failed to authenticate");
        time.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.False(answering.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, (await answering).ErrorCode);
    }

    [Fact]
    public async Task sasl_goes_through_tls_and_its_user_counts()
    {
        using var authority = new TestAuthority();
        var pem = authority.IssueServer();
        await using var broker = await StartAsync(o =>
        {
            o.Listeners = "SASL_SSL://127.0.0.1:0";
            (o.SslKeystoreCertificateChain, o.SslKeystoreKey) = (pem, pem);
            o.ListenerOverrides["listener.name.sasl_ssl.plain.sasl.jaas.config"] = Users;
            o.ListenerOverrides["listener.name.sasl_ssl.ssl.client.auth"] = "required";
            o.ListenerOverrides["listener.name.sasl_ssl.ssl.truststore.certificates"] = authority.RootPem;
        });
        var client = await broker.ConnectAsync("SASL_SSL", TlsClient.Trusting(authority, authority.IssueClient("CN=machine")));

        await client.PlainAsync("alice", "alice-secret");

        Assert.True(await client.IsServedAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains("authenticated as User:alice by PLAIN", StringComparison.Ordinal));
    }

    private static byte[] Framed(byte[] token)
    {
        var frame = new byte[4 + token.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, token.Length);
        token.CopyTo(frame, 4);
        return frame;
    }

    private static Task<TestBroker> StartAsync(Action<BrokerOptions>? configure = null, TimeProvider? time = null) => TestBroker.StartAsync(
        o =>
        {
            (o.Listeners, o.SaslEnabledMechanisms, o.ConnectionFailedAuthenticationDelayMs) = ("SASL_PLAINTEXT://127.0.0.1:0", "PLAIN", 0);
            o.ListenerOverrides["listener.name.sasl_plaintext.plain.sasl.jaas.config"] = Users;
            configure?.Invoke(o);
            if (!o.Listeners.StartsWith("SASL_PLAINTEXT", StringComparison.Ordinal))
                o.ListenerOverrides.Remove("listener.name.sasl_plaintext.plain.sasl.jaas.config");
        },
        time);
}
