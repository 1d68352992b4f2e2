using Broker.Configuration;
using Broker.Security.Sasl;
using Broker.Security.Tls;

namespace Broker.Security;

/// <summary>What one listener asks of its clients. Made before it is bound, so that what is missing or wrong is said first.</summary>
/// <param name="Protocol">What it speaks.</param>
/// <param name="Tls">Its side of the TLS handshake; null without TLS.</param>
/// <param name="Mechanisms">What its clients may authenticate with; none without SASL.</param>
/// <param name="MaxUnauthenticatedLength">Longest request before that.</param>
internal sealed record ListenerSecurity(
    SecurityProtocol Protocol, TlsServer? Tls, IReadOnlyList<SaslMechanism> Mechanisms, int MaxUnauthenticatedLength)
{
    /// <exception cref="InvalidSettingException">Settings are missing, cannot be read, or contradict each other.</exception>
    public static ListenerSecurity For(string listener, BrokerOptions options)
    {
        var protocol = SecurityProtocolMap.ProtocolOf(listener, options.ListenerSecurityProtocolMap);
        var prefix = SecuritySettings.PrefixOf(listener);
        var own = options.Under(prefix);

        // KIP-684: the broker-wide setting is for SSL listeners; a SASL_SSL listener had ignored it for years.
        if (protocol == SecurityProtocol.SaslSsl && !options.ListenerOverrides.ContainsKey(prefix + "ssl.client.auth"))
            own.SslClientAuth = "none";

        return new ListenerSecurity(
            protocol,
            protocol.UsesTls() ? TlsServer.For(listener, own) : null,
            protocol.UsesSasl() ? SaslMechanism.Enabled(listener, own) : [],
            own.SaslServerMaxReceiveSize);
    }
}
