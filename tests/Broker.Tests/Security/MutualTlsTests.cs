using Broker.Tests.Security.Support;
using Broker.Tests.Support;

namespace Broker.Tests.Security;

public sealed class MutualTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task the_principal_is_the_subject_as_java_writes_it()
    {
        await using var broker = await StartAsync("required");

        Assert.True(await TryAsync(broker, _authority.IssueClient("CN=alice, OU=Trading, O=\"Smith, Jones\", C=DE")));

        Assert.Contains(broker.Log.Lines, l => l.Contains(@"authenticated as User:CN=alice,OU=Trading,O=Smith\, Jones,C=DE by SSL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task rules_shorten_it()
    {
        await using var broker = await StartAsync("required", o => o.SslPrincipalMappingRules = "RULE:^CN=(.*?),.*$/$1/L,DEFAULT");

        Assert.True(await TryAsync(broker, _authority.IssueClient("CN=Alice, O=x")));

        Assert.Contains(broker.Log.Lines, l => l.Contains("authenticated as User:alice by SSL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_subject_that_no_rule_covers_is_nobody()
    {
        await using var broker = await StartAsync("required", o => o.SslPrincipalMappingRules = "RULE:^CN=ops-.*$/ops/");

        Assert.False(await TryAsync(broker, _authority.IssueClient("CN=alice")));
        await broker.Log.WaitForAsync("No rule of ssl.principal.mapping.rules applies to CN=alice");
    }

    [Theory]
    [InlineData("required", false)]
    [InlineData("requested", true)]
    [InlineData("none", true)]
    public async Task a_client_without_a_certificate_is_served_where_none_is_required(string clientAuth, bool served)
    {
        await using var broker = await StartAsync(clientAuth);

        Assert.Equal(served, await TryAsync(broker, null));
    }

    [Theory]
    [InlineData("required", false)]
    [InlineData("requested", false)]
    [InlineData("none", true)]
    public async Task a_certificate_of_somebody_unknown_is_refused_where_one_is_looked_at(string clientAuth, bool served)
    {
        await using var broker = await StartAsync(clientAuth);

        Assert.Equal(served, await TryAsync(broker, _stranger.IssueClient("CN=alice")));
    }

    [Fact]
    public async Task a_servers_certificate_is_no_clients()
    {
        await using var broker = await StartAsync("required");

        Assert.False(await TryAsync(broker, _authority.IssueServer("CN=alice")));
    }

    private async Task<bool> TryAsync(TestBroker broker, string? identity)
    {
        try
        {
            return await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_authority, identity))).IsServedAsync();
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private Task<TestBroker> StartAsync(string clientAuth, Action<BrokerOptions>? configure = null)
    {
        var pem = _authority.IssueServer();
        return TestBroker.StartAsync(o =>
        {
            (o.Listeners, o.SslKeystoreCertificateChain, o.SslKeystoreKey) = ("SSL://127.0.0.1:0", pem, pem);
            (o.SslClientAuth, o.SslTruststoreCertificates) = (clientAuth, _authority.RootPem);
            configure?.Invoke(o);
        });
    }
}
