using Broker.Configuration;

namespace Broker;

/// <summary>
/// The settings of listeners' security. Each may be given for one listener alone, by its full name with
/// <c>listener.name.{name in lower case}.</c> before it, in <see cref="ListenerOverrides"/>.
/// </summary>
public sealed partial class BrokerOptions
{
    /// <summary>
    /// <c>listener.security.protocol.map</c>: comma-separated <c>NAME:PROTOCOL</c>, the protocol one of PLAINTEXT, SSL, SASL_PLAINTEXT
    /// and SASL_SSL. Every listener must be named. Default: each protocol under its own name.
    /// </summary>
    public string ListenerSecurityProtocolMap { get; set; } = "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL";

    /// <summary>
    /// Settings of one listener or one SASL mechanism by their full names, such as <c>listener.name.external.ssl.client.auth</c> or
    /// <c>listener.name.external.plain.sasl.jaas.config</c>; they win over the settings without the prefix.
    /// </summary>
    public IDictionary<string, string> ListenerOverrides { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>ssl.keystore.location</c>: a PEM file with the private key and the certificate chain. Read again when it changes. Default null.</summary>
    public string? SslKeystoreLocation { get; set; }

    /// <summary><c>ssl.keystore.certificate.chain</c>: the certificate chain as PEM text, the broker's own first. Default null.</summary>
    public string? SslKeystoreCertificateChain { get; set; }

    /// <summary><c>ssl.keystore.key</c>: the private key as PEM text, for <see cref="SslKeystoreCertificateChain"/>. Default null.</summary>
    public string? SslKeystoreKey { get; set; }

    /// <summary><c>ssl.key.password</c>: what the private key is encrypted with. Default null.</summary>
    public string? SslKeyPassword { get; set; }

    /// <summary><c>ssl.truststore.location</c>: a PEM file with the certificates that vouch for clients. Read again when it changes. Default null.</summary>
    public string? SslTruststoreLocation { get; set; }

    /// <summary><c>ssl.truststore.certificates</c>: the same as PEM text. Default null.</summary>
    public string? SslTruststoreCertificates { get; set; }

    /// <summary>
    /// <c>ssl.client.auth</c>: <c>required</c>, <c>requested</c> or <c>none</c>: whether a client must, may or cannot show a certificate.
    /// On a SASL_SSL listener only the listener's own setting counts, as in Kafka (KIP-684). Default <c>none</c>.
    /// </summary>
    public string SslClientAuth { get; set; } = "none";

    /// <summary><c>ssl.enabled.protocols</c>: <c>TLSv1.2</c>, <c>TLSv1.3</c> or both. Default both.</summary>
    public string SslEnabledProtocols { get; set; } = "TLSv1.2,TLSv1.3";

    /// <summary>
    /// <c>ssl.principal.mapping.rules</c>: how a certificate's distinguished name becomes a user name: <c>RULE:pattern/replacement/[LU]</c>
    /// and <c>DEFAULT</c> (the whole name), comma-separated; the first that matches counts (KIP-371). Default <c>DEFAULT</c>.
    /// </summary>
    public string SslPrincipalMappingRules { get; set; } = "DEFAULT";

    /// <summary>
    /// <c>sasl.enabled.mechanisms</c>: any of <c>PLAIN</c>, <c>SCRAM-SHA-256</c> and <c>SCRAM-SHA-512</c>. A SASL listener needs at least
    /// one. Default null.
    /// </summary>
    public string? SaslEnabledMechanisms { get; set; }

    /// <summary>
    /// <c>sasl.jaas.config</c>: of one mechanism only, so always given in <see cref="ListenerOverrides"/>. For PLAIN it names the users:
    /// <c>org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";</c>. SCRAM users live in the data directory.
    /// </summary>
    internal string? SaslJaasConfig { get; set; }

    /// <summary><c>connections.max.reauth.ms</c>: how long a SASL client may go on without authenticating again (KIP-368); 0 for ever. Default 0.</summary>
    public long ConnectionsMaxReauthMs { get; set; }

    /// <summary><c>sasl.server.max.receive.size</c>: longest request of a client that has not authenticated yet. Default 524,288.</summary>
    public int SaslServerMaxReceiveSize { get; set; } = 524_288;

    /// <summary><c>connection.failed.authentication.delay.ms</c>: how long the answer to a failed authentication is held back. Default 100.</summary>
    public int ConnectionFailedAuthenticationDelayMs { get; set; } = 100;

    /// <summary>
    /// <c>add-scram</c>: SCRAM users to begin with, each in the words of Kafka's <c>kafka-storage format --add-scram</c>, such as
    /// <c>SCRAM-SHA-512=[name=alice,password=secret]</c>. A user the data directory knows already is left as it is. Default: none.
    /// </summary>
    public IList<string> AddScram { get; private set; } = [];

    /// <summary>These settings as they hold under a prefix: what is set for the prefix alone wins.</summary>
    internal BrokerOptions Under(string prefix)
    {
        var own = (BrokerOptions)MemberwiseClone();
        own.AddScram = [];
        own.ListenerOverrides = new Dictionary<string, string>(ListenerOverrides, StringComparer.Ordinal);
        foreach (var (name, value) in ListenerOverrides.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var rest = name[prefix.Length..];
            if (SecuritySettings.FindOwn(rest) is { } setting)
                setting.Write(own, value);
            else
                own.ListenerOverrides[rest] = value;
        }

        return own;
    }
}
