using Broker.Protocol;
using Broker.Tests.Security.Support;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Security;

public sealed class ReauthenticationTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task a_client_is_told_how_long_its_session_lasts_and_may_renew_it()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        Assert.Equal(10_000, (await client.PlainAsync("alice", "alice-secret")).SessionLifetimeMs);

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal(10_000, (await client.PlainAsync("alice", "alice-secret")).SessionLifetimeMs);
            Assert.True(await client.IsServedAsync());
        }
    }

    [Fact]
    public async Task a_request_after_its_end_closes_the_connection()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await client.IsServedAsync());
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(await client.IsServedAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains("SessionExpired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_session_that_ended_may_still_be_renewed()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(ErrorCode.None, (await client.PlainAsync("alice", "alice-secret")).ErrorCode);
        Assert.True(await client.IsServedAsync());
    }

    [Fact]
    public async Task nobody_becomes_somebody_else_on_the_way()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");
        _time.Advance(TimeSpan.FromSeconds(5));

        var answer = await client.PlainAsync("bob", "bob-secret");

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, answer.ErrorCode);
        Assert.Equal("Cannot change principals during re-authentication from User:alice to User:bob", answer.ErrorMessage);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task a_wrong_password_the_second_time_closes_the_connection()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ErrorCode.SaslAuthenticationFailed, (await client.PlainAsync("alice", "wrong")).ErrorCode);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task the_mechanism_stays()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ErrorCode.UnsupportedSaslMechanism, (await client.HandshakeAsync("SCRAM-SHA-256")).ErrorCode);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task a_handshake_within_a_second_of_the_last_is_out_of_place()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");
        Assert.Equal(ErrorCode.None, (await client.PlainAsync("alice", "alice-secret")).ErrorCode);

        Assert.Equal(ErrorCode.IllegalSaslState, (await client.HandshakeAsync("PLAIN")).ErrorCode);
        Assert.True(await client.IsServedAsync());
    }

    [Fact]
    public async Task nothing_but_tokens_is_served_while_it_lasts()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");

        await client.HandshakeAsync("PLAIN");

        Assert.False(await client.IsServedAsync());
    }

    private Task<TestBroker> StartAsync() => TestBroker.StartAsync(
        o =>
        {
            (o.Listeners, o.SaslEnabledMechanisms, o.ConnectionFailedAuthenticationDelayMs) = ("SASL_PLAINTEXT://127.0.0.1:0", "PLAIN,SCRAM-SHA-256", 0);
            o.ListenerOverrides["listener.name.sasl_plaintext.plain.sasl.jaas.config"] =
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"alice-secret\" user_bob=\"bob-secret\";";
            o.ListenerOverrides["listener.name.sasl_plaintext.plain.connections.max.reauth.ms"] = "10000";
        },
        _time);
}
