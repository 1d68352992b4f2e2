using System.Security.Authentication;
using Broker.Tests.Security.Support;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Security;

public sealed class CertificateReloadTests : IDisposable
{
    private static readonly TimeSpan UntilNextLook = TimeSpan.FromSeconds(2);

    private readonly TestAuthority _before = new();
    private readonly TestAuthority _after = new();
    private readonly FakeTimeProvider _time = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-tests-").FullName;

    private string Keystore => Path.Combine(_directory, "keystore.pem");

    public void Dispose()
    {
        _before.Dispose();
        _after.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task a_new_certificate_is_shown_without_a_restart_and_open_connections_stay()
    {
        await using var broker = await StartAsync();
        var open = await broker.ConnectAsync("SSL", TlsClient.Trusting(_before));

        await File.WriteAllTextAsync(Keystore, _after.IssueServer(), TestContext.Current.CancellationToken);
        _time.Advance(UntilNextLook);

        Assert.True(await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_after))).IsServedAsync());
        Assert.True(await open.IsServedAsync());
        await Assert.ThrowsAsync<AuthenticationException>(() => broker.ConnectAsync("SSL", TlsClient.Trusting(_before)));
        Assert.Single(broker.Log.Lines, l => l.Contains("shows a new certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_file_half_written_leaves_the_old_one_in_use_and_is_said_once()
    {
        await using var broker = await StartAsync();
        var whole = _after.IssueServer();

        await File.WriteAllTextAsync(Keystore, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(UntilNextLook);
            Assert.True(await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_before))).IsServedAsync());
        }

        Assert.Single(broker.Log.Lines, l => l.Contains("keeps its certificates", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Keystore, whole, TestContext.Current.CancellationToken);
        _time.Advance(UntilNextLook);
        Assert.True(await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_after))).IsServedAsync());
    }

    [Fact]
    public async Task a_link_that_moves_is_noticed()
    {
        var first = Directory.CreateDirectory(Path.Combine(_directory, "1")).FullName;
        var second = Directory.CreateDirectory(Path.Combine(_directory, "2")).FullName;
        await File.WriteAllTextAsync(Path.Combine(first, "tls.pem"), _before.IssueServer(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(second, "tls.pem"), _after.IssueServer(), TestContext.Current.CancellationToken);
        var data = Path.Combine(_directory, "..data");
        Directory.CreateSymbolicLink(data, first);
        File.CreateSymbolicLink(Keystore, Path.Combine(data, "tls.pem"));
        await using var broker = await StartAsync(write: false);

        Directory.CreateSymbolicLink(data + "_new", second);
        Directory.Delete(data);
        Directory.Move(data + "_new", data);
        _time.Advance(UntilNextLook);

        Assert.True(await (await broker.ConnectAsync("SSL", TlsClient.Trusting(_after))).IsServedAsync());
    }

    private Task<TestBroker> StartAsync(bool write = true)
    {
        if (write)
            File.WriteAllText(Keystore, _before.IssueServer());
        return TestBroker.StartAsync(o => (o.Listeners, o.SslKeystoreLocation) = ("SSL://127.0.0.1:0", Keystore), _time);
    }
}
