using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Broker.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Broker.Security.Tls;

/// <summary>
/// The certificates of a listener as its files have them now. The files are read again when a handshake finds the last look older
/// than <see cref="LookInterval"/>; what does not load (a file half written, a key without its certificate yet) is said once and
/// leaves in use what was. Content decides, not time stamps: certificates are often replaced by moving a link.
/// Safe for use by any thread.
/// </summary>
internal sealed class TlsMaterial
{
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _listener;
    private readonly IReadOnlyList<PemSource> _sources;
    private readonly Func<IReadOnlyList<string>, Loaded> _load;
    private byte[] _seen;
    private Loaded _current;
    private long? _lastLook;

    private TlsMaterial(string listener, IReadOnlyList<PemSource> sources, Func<IReadOnlyList<string>, Loaded> load)
    {
        (_listener, _sources, _load) = (listener, sources, load);
        var texts = Read();
        _seen = Digest(texts);
        _current = load(texts);
    }

    /// <param name="listener">For messages.</param>
    /// <param name="chain">The own certificate first.</param>
    /// <param name="key">The private key.</param>
    /// <param name="password">Of the key; null for none.</param>
    /// <param name="trust">The certificates that vouch for clients; null where none is looked at.</param>
    /// <exception cref="InvalidSettingException">A file cannot be read or does not hold what it should.</exception>
    public static TlsMaterial Load(string listener, PemSource chain, PemSource key, string? password, PemSource? trust)
    {
        try
        {
            return new TlsMaterial(listener, trust is null ? [chain, key] : [chain, key, trust], texts =>
                new Loaded(TlsIdentity.Load(texts[0], texts[1], password), trust is null ? null : Roots(texts[2])));
        }
        catch (Exception e) when (e is IOException or CryptographicException)
        {
            throw new InvalidSettingException(chain.Setting, $"Listener {listener} cannot use {chain.Name}{(trust is null ? "" : $" with {trust.Name}")}: {e.Message}");
        }
    }

    public Loaded Current(TimeProvider time, ILogger logger)
    {
        lock (_lock)
        {
            if (_lastLook is { } last && time.GetElapsedTime(last) < LookInterval)
                return _current;

            _lastLook = time.GetTimestamp();
            ReloadUnderLock(logger);
            return _current;
        }
    }

    private void ReloadUnderLock(ILogger logger)
    {
        try
        {
            var texts = Read();
            var digest = Digest(texts);
            if (digest.AsSpan().SequenceEqual(_seen))
                return;

            _seen = digest;
            _current = _load(texts);
            logger.CertificateReloaded(_listener, _current.Identity.TargetCertificate.Subject, _current.Identity.TargetCertificate.NotAfter);
        }
        catch (IOException e)
        {
            // Not a state of the files that could be remembered: said each time it is found.
            logger.CertificateKept(_listener, e.Message);
        }
        catch (CryptographicException e)
        {
            logger.CertificateKept(_listener, e.Message);
        }
    }

    private List<string> Read() => [.. _sources.Select(s => s.Read())];

    private static byte[] Digest(IEnumerable<string> texts) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts)));

    private static X509Certificate2Collection Roots(string pem)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(pem);
        return roots.Count > 0 ? roots : throw new CryptographicException("There is no certificate in the truststore.");
    }

    /// <param name="Identity">What the broker shows.</param>
    /// <param name="Roots">Who may vouch for a client; null where no client is asked.</param>
    internal sealed record Loaded(SslStreamCertificateContext Identity, X509Certificate2Collection? Roots);
}
