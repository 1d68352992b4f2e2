using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Broker.Tests.Security.Support;

/// <summary>How a test's client goes behind TLS.</summary>
internal static class TlsClient
{
    /// <param name="authority">Whose certificates it believes.</param>
    /// <param name="identity">Its own key and certificate as PEM; null for none.</param>
    public static SslClientAuthenticationOptions Trusting(TestAuthority authority, string? identity = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority.Root },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        if (identity is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(identity, identity), null, offline: true);
        return options;
    }
}
