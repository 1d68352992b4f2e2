using System.Security.Authentication;
using Broker.Protocol.Messages;
using Broker.Tests.Security.Support;
using Broker.Tests.Support;

namespace Broker.Tests.Security;

public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-tests-").FullName;

    private string Keystore => Path.Combine(_directory, "keystore.pem");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task records_go_in_and_out_encrypted_and_by_copy()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync("SSL", TlsClient.Trusting(_authority));
        await client.CreateTopicAsync("t");
        var large = new string('x', 300_000);

        await client.ProduceAsync("t", Requests.Batch(large, "small"));
        var data = await client.FetchAsync(Requests.Fetch("t", 0));

        Assert.Equal([$"0:{large}", "1:small"], data.Records());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task both_versions_are_spoken(SslProtocols version)
    {
        await using var broker = await StartAsync();
        var tls = TlsClient.Trusting(_authority);
        tls.EnabledSslProtocols = version;

        Assert.True(await (await broker.ConnectAsync("SSL", tls)).IsServedAsync());
    }

    [Fact]
    public async Task a_version_that_is_not_enabled_is_refused()
    {
        await using var broker = await StartAsync(o => o.SslEnabledProtocols = "TLSv1.3");
        var tls = TlsClient.Trusting(_authority);
        tls.EnabledSslProtocols = SslProtocols.Tls12;

        await Assert.ThrowsAnyAsync<Exception>(() => broker.ConnectAsync("SSL", tls));
    }

    [Fact]
    public async Task plain_text_on_a_tls_port_is_closed_with_a_hint()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync("SSL");

        await client.SendAsync(new ApiVersionsRequest(), 3);

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains("looks like Kafka in plain text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_encrypted_key_is_read_with_its_password()
    {
        await using var broker = await StartAsync(o => o.SslKeyPassword = "key-secret", _authority.IssueServer(password: "key-secret"));

        Assert.True(await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_authority))).IsServedAsync());
    }

    [Fact]
    public async Task certificate_and_key_may_stand_in_the_settings()
    {
        var pem = _authority.IssueServer();
        await using var broker = await StartAsync(o => (o.SslKeystoreLocation, o.SslKeystoreCertificateChain, o.SslKeystoreKey) = (null, pem, pem));

        Assert.True(await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_authority))).IsServedAsync());
    }

    [Fact]
    public async Task each_listener_has_its_own_protocol_certificate_and_advertised_address()
    {
        using var other = new TestAuthority();
        var own = Path.Combine(_directory, "own.pem");
        await File.WriteAllTextAsync(own, other.IssueServer(), TestContext.Current.CancellationToken);
        await using var broker = await StartAsync(o =>
        {
            o.Listeners = "INTERNAL://127.0.0.1:0,EXTERNAL://127.0.0.1:0,SSL://127.0.0.1:0";
            o.ListenerSecurityProtocolMap = "INTERNAL:PLAINTEXT,EXTERNAL:SSL,SSL:SSL";
            o.AdvertisedListeners = "INTERNAL://inside.example:1,EXTERNAL://outside.example:2,SSL://third.example:0";
            o.ListenerOverrides["listener.name.external.ssl.keystore.location"] = own;
        });
        var ports = broker.Ports;
        using var inside = await KafkaClient.ConnectAsync(ports[0]);
        using var outside = await KafkaClient.ConnectAsync(ports[1], TlsClient.Trusting(other));
        using var third = await KafkaClient.ConnectAsync(ports[2], TlsClient.Trusting(_authority));

        Assert.Equal("inside.example:1", await AdvertisedAsync(inside));
        Assert.Equal("outside.example:2", await AdvertisedAsync(outside));
        Assert.Equal($"third.example:{ports[2]}", await AdvertisedAsync(third));
        await Assert.ThrowsAsync<AuthenticationException>(() => KafkaClient.ConnectAsync(ports[1], TlsClient.Trusting(_authority)));
    }

    /// <summary>By all three APIs that tell clients where to go.</summary>
    private static async Task<string> AdvertisedAsync(KafkaClient client)
    {
        var metadata = await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
        var cluster = await client.AskAsync<DescribeClusterRequest, DescribeClusterResponse>(new DescribeClusterRequest(), 1);
        var coordinator = await client.AskAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4);
        string[] told =
        [
            $"{metadata.Brokers[0].Host}:{metadata.Brokers[0].Port}",
            $"{cluster.Brokers[0].Host}:{cluster.Brokers[0].Port}",
            $"{coordinator.Coordinators[0].Host}:{coordinator.Coordinators[0].Port}",
        ];
        return Assert.Single(told.Distinct());
    }

    [Fact]
    public async Task a_certificate_that_cannot_be_used_stops_the_start()
    {
        await File.WriteAllTextAsync(Keystore, "nothing of use", TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<InvalidSettingException>(() => BrokerServer.StartAsync(
            new BrokerOptions { Listeners = "SSL://127.0.0.1:0", LogDirs = _directory, SslKeystoreLocation = Keystore }, ct: TestContext.Current.CancellationToken));

        Assert.Contains(Keystore, refused.Message, StringComparison.Ordinal);
    }

    private Task<TestBroker> StartAsync(Action<BrokerOptions>? configure = null, string? keystore = null)
    {
        File.WriteAllText(Keystore, keystore ?? _authority.IssueServer());
        return TestBroker.StartAsync(o =>
        {
            (o.Listeners, o.SslKeystoreLocation) = ("SSL://127.0.0.1:0", Keystore);
            configure?.Invoke(o);
        });
    }
}
