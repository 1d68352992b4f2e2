using Broker.Security;
using Broker.Security.Sasl;
using Broker.Security.Scram;
using Broker.Security.Tls;

namespace Broker.Configuration;

/// <summary>The settings of <see cref="BrokerOptions"/> that a listener may have to itself, and how the names of such are read.</summary>
internal static class SecuritySettings
{
    private const string ListenerPrefix = "listener.name.";

    public static IReadOnlyList<BrokerSetting> All { get; } =
    [
        BrokerSetting.Text("ssl.keystore.type", _ => "PEM", (_, _) => { }, CheckPem),
        BrokerSetting.Text("ssl.keystore.location", o => o.SslKeystoreLocation, (o, v) => o.SslKeystoreLocation = v, CheckNotEmpty),
        BrokerSetting.Text("ssl.keystore.certificate.chain", o => o.SslKeystoreCertificateChain, (o, v) => o.SslKeystoreCertificateChain = v, CheckNotEmpty),
        BrokerSetting.Password("ssl.keystore.key", (o, v) => o.SslKeystoreKey = v, CheckNotEmpty),
        BrokerSetting.Password("ssl.key.password", (o, v) => o.SslKeyPassword = v, CheckNotEmpty),
        BrokerSetting.Text("ssl.truststore.type", _ => "PEM", (_, _) => { }, CheckPem),
        BrokerSetting.Text("ssl.truststore.location", o => o.SslTruststoreLocation, (o, v) => o.SslTruststoreLocation = v, CheckNotEmpty),
        BrokerSetting.Text("ssl.truststore.certificates", o => o.SslTruststoreCertificates, (o, v) => o.SslTruststoreCertificates = v, CheckNotEmpty),
        BrokerSetting.Text("ssl.client.auth", o => o.SslClientAuth, (o, v) => o.SslClientAuth = v, CheckClientAuth),
        BrokerSetting.Text("ssl.enabled.protocols", o => o.SslEnabledProtocols, (o, v) => o.SslEnabledProtocols = v, CheckTlsProtocols),
        BrokerSetting.Text("ssl.principal.mapping.rules", o => o.SslPrincipalMappingRules, (o, v) => o.SslPrincipalMappingRules = v, PrincipalMapping.Check),
        BrokerSetting.Text("sasl.enabled.mechanisms", o => o.SaslEnabledMechanisms, (o, v) => o.SaslEnabledMechanisms = v, SaslMechanism.Check),
        BrokerSetting.Int32("sasl.server.max.receive.size", 1024, int.MaxValue - 4, o => o.SaslServerMaxReceiveSize, (o, v) => o.SaslServerMaxReceiveSize = v),
        BrokerSetting.Int64("connections.max.reauth.ms", 0, uint.MaxValue - 1L, o => o.ConnectionsMaxReauthMs, (o, v) => o.ConnectionsMaxReauthMs = v),
    ];

    /// <summary>Those that only the whole broker has.</summary>
    public static IReadOnlyList<BrokerSetting> OfBroker { get; } =
    [
        BrokerSetting.Text("listener.security.protocol.map", o => o.ListenerSecurityProtocolMap, (o, v) => o.ListenerSecurityProtocolMap = v, SecurityProtocolMap.Check),
        BrokerSetting.Int32("connection.failed.authentication.delay.ms", 0, 60_000, o => o.ConnectionFailedAuthenticationDelayMs, (o, v) => o.ConnectionFailedAuthenticationDelayMs = v),
        BrokerSetting.Password("add-scram", (o, v) => o.AddScram.Add(v), ScramUser.Check),
    ];

    private static readonly BrokerSetting Jaas = BrokerSetting.Password("sasl.jaas.config", (o, v) => o.SaslJaasConfig = v, JaasConfig.Check);

    private static readonly Dictionary<string, BrokerSetting> ByName = All.Append(Jaas).Concat(LimitSettings.OfListeners).ToDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>The setting of a listener or mechanism by its name without prefix.</summary>
    public static BrokerSetting? FindOwn(string name) => ByName.GetValueOrDefault(name);

    /// <summary>
    /// A setting by its name with the prefix of a listener, a mechanism, or both; null where the name has none or goes on with what
    /// no listener has to itself. Writing it checks the value and keeps it among the overrides.
    /// </summary>
    public static BrokerSetting? FindPrefixed(string name)
    {
        var rest = name;
        if (rest.StartsWith(ListenerPrefix, StringComparison.Ordinal))
        {
            var end = rest.IndexOf('.', ListenerPrefix.Length);
            if (end <= ListenerPrefix.Length)
                return null;
            rest = rest[(end + 1)..];
        }

        var mechanism = SaslMechanism.Names.FirstOrDefault(m => rest.StartsWith(SaslMechanism.Prefix(m), StringComparison.Ordinal));
        if (mechanism is not null)
            rest = rest[SaslMechanism.Prefix(mechanism).Length..];
        if (rest == name || FindOwn(rest) is not { } own)
            return null;

        var ofMechanism = rest is "sasl.jaas.config" or "connections.max.reauth.ms";
        return mechanism is null ? (own == Jaas ? null : Override(name, own)) : (ofMechanism ? Override(name, own) : null);
    }

    /// <summary>The prefix of a listener's own settings.</summary>
    public static string PrefixOf(string listener) => $"{ListenerPrefix}{listener.ToLowerInvariant()}.";

    /// <summary>The first setting that is meant for a listener which does not exist; null when there is none.</summary>
    public static string? FindStray(BrokerOptions options, IEnumerable<string> listeners)
    {
        var prefixes = listeners.Select(PrefixOf).ToList();
        return options.ListenerOverrides.Keys.FirstOrDefault(
            name => name.StartsWith(ListenerPrefix, StringComparison.Ordinal) && !prefixes.Exists(p => name.StartsWith(p, StringComparison.Ordinal)));
    }

    private static BrokerSetting Override(string name, BrokerSetting own) => new(name, own.Type, _ => null, (options, value) =>
    {
        own.Write(new BrokerOptions(), value);
        options.ListenerOverrides[name] = value;
    });

    private static string? CheckNotEmpty(string value) => value.Length == 0 ? "a text that is not empty" : null;

    private static string? CheckPem(string value) => value == "PEM" ? null : "PEM";

    private static string? CheckClientAuth(string value) => value is "none" or "requested" or "required" ? null : "none, requested or required";

    private static string? CheckTlsProtocols(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries).All(p => p is "TLSv1.2" or "TLSv1.3") ? null : "TLSv1.2, TLSv1.3 or both with a comma between";
}
