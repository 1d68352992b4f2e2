using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Broker.Security.Tls;

/// <summary>A private key, the certificate that belongs to it, and those that vouch for that one.</summary>
internal static class TlsIdentity
{
    /// <param name="chain">Certificates as PEM, the own one first.</param>
    /// <param name="key">The private key as PEM; may be the same text.</param>
    /// <param name="password">What the key is encrypted with; null when it is not.</param>
    /// <exception cref="CryptographicException">One of them is missing, cannot be read, or they do not belong together.</exception>
    public static SslStreamCertificateContext Load(string chain, string key, string? password)
    {
        var others = new X509Certificate2Collection();
        others.ImportFromPem(chain);
        if (others.Count == 0)
            throw new CryptographicException("There is no certificate in it.");

        others[0].Dispose();
        others.RemoveAt(0);
        return SslStreamCertificateContext.Create(WithKey(chain, key, password), others, offline: true);
    }

    private static X509Certificate2 WithKey(string chain, string key, string? password)
    {
        X509Certificate2 own;
        try
        {
            own = password is null ? X509Certificate2.CreateFromPem(chain, key) : X509Certificate2.CreateFromEncryptedPem(chain, key, password);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("The private key does not belong to the first certificate.", e);
        }

        if (!OperatingSystem.IsWindows())
            return own;

        // Windows uses no key in a handshake that is in memory only.
        using (own)
            return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
    }
}
