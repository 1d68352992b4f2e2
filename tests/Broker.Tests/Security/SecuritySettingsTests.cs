using Broker.Security.Sasl;
using Broker.Tests.Support;

namespace Broker.Tests.Security;

public sealed class SecuritySettingsTests
{
    private const string Jaas = "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"alice-secret\";";

    [Theory]
    [InlineData("listener.name.external.ssl.client.auth", "required")]
    [InlineData("listener.name.external.plain.sasl.jaas.config", Jaas)]
    [InlineData("listener.name.external.scram-sha-256.connections.max.reauth.ms", "1000")]
    [InlineData("listener.name.sasl_ssl.sasl.enabled.mechanisms", "PLAIN")]
    [InlineData("plain.sasl.jaas.config", Jaas)]
    public void a_setting_of_one_listener_or_mechanism_is_kept(string name, string value) =>
        Assert.Equal(value, BrokerOptions.FromSettings([new(name, value)]).ListenerOverrides[name]);

    [Theory]
    [InlineData("listener.name.external.num.partitions", "1")]
    [InlineData("listener.name.external.plain.ssl.client.auth", "none")]
    [InlineData("listener.name..ssl.client.auth", "none")]
    [InlineData("sasl.jaas.config", Jaas)]
    [InlineData("listener.name.external.sasl.jaas.config", Jaas)]
    [InlineData("listener.name.external.gssapi.sasl.jaas.config", Jaas)]
    [InlineData("listener.name.external.ssl.client.auth", "perhaps")]
    [InlineData("ssl.keystore.type", "JKS")]
    [InlineData("sasl.enabled.mechanisms", "GSSAPI")]
    [InlineData("listener.security.protocol.map", "A:B")]
    public void what_no_listener_has_or_takes_is_refused(string name, string value) =>
        Assert.Throws<InvalidSettingException>(() => BrokerOptions.FromSettings([new(name, value)]));

    [Theory]
    [InlineData("listener.name.external.plain.sasl.jaas.config", "user_alice=\"the-secret\"")]
    [InlineData("add-scram", "SCRAM-SHA-256=[name=alice,password=the-secret,iterations=1]")]
    public void a_refusal_does_not_repeat_a_secret(string name, string value)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => BrokerOptions.FromSettings([new(name, value)]));

        Assert.DoesNotContain("the-secret", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(name.Split('.')[^1], refused.Message.Split(' ')[0].Split('.')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTHER://127.0.0.1:0", "", "", "listener.security.protocol.map")]
    [InlineData("SSL://127.0.0.1:0", "", "", "ssl.keystore.location")]
    [InlineData("SASL_PLAINTEXT://127.0.0.1:0", "", "", "sasl.enabled.mechanisms")]
    [InlineData("SASL_PLAINTEXT://127.0.0.1:0", "sasl.enabled.mechanisms", "PLAIN", "listener.name.sasl_plaintext.plain.sasl.jaas.config")]
    [InlineData("PLAINTEXT://127.0.0.1:0", "listener.name.external.ssl.client.auth", "none", "listener.name.external.ssl.client.auth")]
    [InlineData("PLAINTEXT://127.0.0.1:0", "advertised.listeners", "EXTERNAL://x:1", "advertised.listeners")]
    public async Task a_listener_that_lacks_something_stops_the_start(string listeners, string name, string value, string setting)
    {
        var directory = Directory.CreateTempSubdirectory("broker-tests-").FullName;
        KeyValuePair<string, string>[] settings = [new("listeners", listeners), new("log.dirs", directory), .. name.Length > 0 ? [new(name, value)] : (KeyValuePair<string, string>[])[]];

        var refused = await Assert.ThrowsAsync<InvalidSettingException>(
            () => BrokerServer.StartAsync(BrokerOptions.FromSettings(settings), ct: TestContext.Current.CancellationToken));

        Assert.Equal(setting, refused.Setting);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task secrets_are_not_described()
    {
        await using var broker = await TestBroker.StartAsync(o =>
        {
            o.AddScram.Add("SCRAM-SHA-256=[name=admin,password=the-secret]");
            o.SslKeyPassword = "the-secret";
        });
        var client = await broker.ConnectAsync();

        var described = await client.AskAsync<Protocol.Messages.DescribeConfigsRequest, Protocol.Messages.DescribeConfigsResponse>(
            new() { Resources = [new() { ResourceType = 4, ResourceName = "1", ConfigurationKeys = null }], IncludeSynonyms = true }, 4);

        var configs = Assert.Single(described.Results).Configs;
        Assert.DoesNotContain(configs, c => c.Value?.Contains("the-secret", StringComparison.Ordinal) == true);
        Assert.True(configs.Single(c => c.Name == "ssl.key.password").IsSensitive);
    }

    [Theory]
    [InlineData("a.B required;", "a.B", "")]
    [InlineData("a.B required x=\"1\" y=\"two words\" ;", "a.B", "x:1|y:two words")]
    [InlineData("a.B required x=plain y=\"quote \\\" backslash \\\\ semicolon ; equals =\";", "a.B", "x:plain|y:quote \" backslash \\ semicolon ; equals =")]
    public void jaas_entries_are_read(string text, string module, string options)
    {
        var jaas = JaasConfig.TryParse(text)!;

        Assert.Equal((module, options), (jaas.Module, string.Join('|', jaas.Options.Select(o => $"{o.Key}:{o.Value}"))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.B")]
    [InlineData("a.B required")]
    [InlineData("a.B maybe;")]
    [InlineData("a.B required x=;")]
    [InlineData("a.B required x=\"1;")]
    [InlineData("a.B required x=1 x=2;")]
    [InlineData("a.B required; c.D required;")]
    public void what_is_no_jaas_entry_is_refused(string text) => Assert.Null(JaasConfig.TryParse(text));
}
