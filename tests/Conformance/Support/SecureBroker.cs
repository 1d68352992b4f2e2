using Broker;
using Broker.Tests.Security.Support;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport;
using Scenarios.Driving;

namespace Conformance.Support;

/// <summary>
/// A broker with a listener of each protocol: ours in this process, or, where CONFORMANCE_BOOTSTRAP names another one for the other
/// tests, a node of Apache Kafka that is started here with the same settings.
/// </summary>
public sealed class SecureBroker : IAsyncLifetime
{
    public const string User = "scram-user";
    public const string PlainUser = "plain-user";
    public const string Password = "a secret, with = and \"quotes\"";

    private const string Scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule required user_plain-user=\"a secret, with = and \\\"quotes\\\"\" user_other=\"other\";";

    private static readonly string[] Listeners = ["SSL", "SASL_PLAINTEXT", "SASL_SSL"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("conformance-secure-");
    private readonly TestAuthority _authority = new();
    private BrokerServer? _ours;
    private ApacheKafkaNode? _kafka;

    public bool IsOurs => _ours is not null;

    public string CaPath => Path.Combine(_directory.FullName, "ca.pem");

    /// <summary>Key and certificate of CN=client.</summary>
    public string ClientPath => Path.Combine(_directory.FullName, "client.pem");

    /// <summary>The listener without any security.</summary>
    public string Open => _ours?.BootstrapServersOf("PLAINTEXT") ?? _kafka!.BootstrapServers;

    public string AddressOf(string listener) => _ours?.BootstrapServersOf(listener) ?? _kafka!.BootstrapServersOf(listener);

    public async ValueTask InitializeAsync()
    {
        NativeClient.Load();
        var keystore = Path.Combine(_directory.FullName, "keystore.pem");
        await File.WriteAllTextAsync(keystore, _authority.IssueServer());
        await File.WriteAllTextAsync(CaPath, _authority.RootPem);
        await File.WriteAllTextAsync(ClientPath, _authority.IssueClient("CN=client,O=Conformance"));

        var settings = Settings(keystore);
        if (Environment.GetEnvironmentVariable("CONFORMANCE_BOOTSTRAP") is { Length: > 0 })
        {
            // Java's properties have backslashes of their own.
            _kafka = await ApacheKafkaNode.StartAsync(settings.ToDictionary(s => s.Key, s => s.Value.Replace("\\", "\\\\", StringComparison.Ordinal)), Listeners);
        }
        else
        {
            var options = BrokerOptions.FromSettings(settings);
            options.Listeners = $"PLAINTEXT://127.0.0.1:0,{string.Join(',', Listeners.Select(l => $"{l}://127.0.0.1:0"))}";
            options.LogDirs = Path.Combine(_directory.FullName, "data");
            _ours = await BrokerServer.StartAsync(options, loggerFactory: SentRequests.OfThisRun);
        }

        using var admin = Admin();
        foreach (var mechanism in new[] { ScramMechanism.ScramSha256, ScramMechanism.ScramSha512 })
            await admin.AlterUserScramCredentialsAsync([Upsertion(User, mechanism, Password)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ours is not null)
            await _ours.DisposeAsync();
        if (_kafka is not null)
            await _kafka.DisposeAsync();
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Open }).SetLogHandler((_, _) => { }).Build();

    public static UserScramCredentialUpsertion Upsertion(string user, ScramMechanism mechanism, string password, int iterations = 4096) => new()
    {
        User = user,
        ScramCredentialInfo = new ScramCredentialInfo { Mechanism = mechanism, Iterations = iterations },
        Password = System.Text.Encoding.UTF8.GetBytes(password),
    };

    private static Dictionary<string, string> Settings(string keystore)
    {
        var settings = new Dictionary<string, string>
        {
            ["ssl.keystore.type"] = "PEM",
            ["ssl.keystore.location"] = keystore,
            ["ssl.truststore.type"] = "PEM",
            ["ssl.truststore.location"] = Path.Combine(Path.GetDirectoryName(keystore)!, "ca.pem"),
            ["listener.name.ssl.ssl.client.auth"] = "required",
            ["sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            ["connections.max.reauth.ms"] = "3600000",
        };
        foreach (var listener in new[] { "sasl_plaintext", "sasl_ssl" })
        {
            settings[$"listener.name.{listener}.plain.sasl.jaas.config"] = Plain;
            settings[$"listener.name.{listener}.scram-sha-256.sasl.jaas.config"] = Scram;
            settings[$"listener.name.{listener}.scram-sha-512.sasl.jaas.config"] = Scram;
        }

        return settings;
    }
}
