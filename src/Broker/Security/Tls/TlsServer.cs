using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Broker.Authorization;
using Broker.Connections;
using Microsoft.Extensions.Logging;

namespace Broker.Security.Tls;

/// <summary>
/// A listener's side of the TLS handshake: TLS 1.2 and 1.3, a certificate from PEM that is renewed without a restart, and a client's
/// certificate where one is asked for. Safe for use by any thread.
/// </summary>
internal sealed class TlsServer
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const byte HandshakeRecord = 0x16;

    private readonly TlsMaterial _material;
    private readonly PrincipalMapping _principals;
    private readonly SslProtocols _protocols;
    private readonly bool _asksClients;
    private readonly bool _requiresClients;

    private TlsServer(TlsMaterial material, BrokerOptions options)
    {
        _material = material;
        _principals = PrincipalMapping.Parse(options.SslPrincipalMappingRules);
        _asksClients = options.SslClientAuth != "none";
        _requiresClients = options.SslClientAuth == "required";
        _protocols = options.SslEnabledProtocols.Split(',', StringSplitOptions.TrimEntries)
            .Aggregate(SslProtocols.None, (all, name) => all | (name == "TLSv1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12));
    }

    /// <param name="listener">For messages.</param>
    /// <param name="options">The listener's own.</param>
    /// <exception cref="InvalidSettingException">The certificate, its key or the truststore is missing or cannot be used.</exception>
    public static TlsServer For(string listener, BrokerOptions options)
    {
        var (chain, key) = options switch
        {
            { SslKeystoreLocation: { } path } => Twice(new PemSource("ssl.keystore.location", path, null)),
            { SslKeystoreCertificateChain: { } text, SslKeystoreKey: { } secret } =>
                (new PemSource("ssl.keystore.certificate.chain", null, text), new PemSource("ssl.keystore.key", null, secret)),
            _ => throw new InvalidSettingException(
                "ssl.keystore.location",
                $"Listener {listener} speaks TLS and needs a certificate: set ssl.keystore.location to a PEM file, or ssl.keystore.certificate.chain and ssl.keystore.key."),
        };
        PemSource? trust = options switch
        {
            { SslClientAuth: "none" } => null,
            { SslTruststoreLocation: { } path } => new PemSource("ssl.truststore.location", path, null),
            { SslTruststoreCertificates: { } text } => new PemSource("ssl.truststore.certificates", null, text),
            _ => throw new InvalidSettingException(
                "ssl.truststore.location",
                $"Listener {listener} asks for clients' certificates and needs those that vouch for them: set ssl.truststore.location to a PEM file."),
        };
        return new TlsServer(TlsMaterial.Load(listener, chain, key, options.SslKeyPassword, trust), options);
    }

    /// <returns>The client behind TLS, and who it is: anonymous when it showed no certificate.</returns>
    /// <exception cref="TlsRefusedException">The client speaks something else, or one side did not accept the other.</exception>
    public async Task<(ITransport Transport, KafkaPrincipal Principal)> AcceptAsync(
        Socket socket, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        await RefuseForeignAsync(socket, cancellationToken).ConfigureAwait(false);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await stream.AuthenticateAsServerAsync(Options(_material.Current(time, logger)), cancellationToken).ConfigureAwait(false);
            return (new TlsTransport(stream), PrincipalOf(stream.RemoteCertificate));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new TlsRefusedException($"The TLS handshake failed: {e.Message}{(e.InnerException is { } why ? $" {why.Message}" : "")}", e);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks at the first byte without taking it: a client without TLS costs no handshake and gets a word in the log.</summary>
    private static async ValueTask RefuseForeignAsync(Socket socket, CancellationToken cancellationToken)
    {
        var first = new byte[4];
        var received = await socket.ReceiveAsync(first, SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
        if (received == 0)
            throw new TlsRefusedException("The client closed before the TLS handshake.");
        if (first[0] != HandshakeRecord)
            throw new TlsRefusedException(ForeignProtocol.DescribeWithoutTls(first.AsSpan(0, received)));
    }

    private SslServerAuthenticationOptions Options(TlsMaterial.Loaded material)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Identity,
            EnabledSslProtocols = _protocols,
            AllowRenegotiation = false,
            ClientCertificateRequired = _asksClients,
        };
        if (material.Roots is not { } roots)
            return options;

        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            ApplicationPolicy = { new(ClientAuthentication) },
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        options.RemoteCertificateValidationCallback = (_, _, _, faults) =>
            faults == SslPolicyErrors.None || (faults == SslPolicyErrors.RemoteCertificateNotAvailable && !_requiresClients);
        return options;
    }

    private KafkaPrincipal PrincipalOf(X509Certificate? certificate)
    {
        if (!_asksClients || certificate is null)
            return KafkaPrincipal.Anonymous;

        var name = DistinguishedName.Format(((X509Certificate2)certificate).SubjectName.RawData);
        return _principals.NameOf(name) is { Length: > 0 } mapped
            ? KafkaPrincipal.User(mapped)
            : throw new AuthenticationException($"No rule of ssl.principal.mapping.rules applies to {name}.");
    }

    private static (PemSource, PemSource) Twice(PemSource source) => (source, source);
}
