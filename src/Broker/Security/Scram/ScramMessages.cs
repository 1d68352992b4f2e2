using System.Text;
using System.Text.RegularExpressions;

namespace Broker.Security.Scram;

/// <summary>
/// <c>n,a=act-for,n=user,r=nonce</c>. Of channel bindings only "none" is spoken, also where the client could do more ("y"): the broker
/// offers no mechanism with one. A mandatory extension (m=) is not known and so refused; others are passed over.
/// </summary>
/// <param name="Gs2Header">Everything before the bare message.</param>
/// <param name="Bare">The part both sides sign.</param>
/// <param name="ActFor">Whom the client wants to be taken for; null when not said.</param>
/// <param name="User">Whom it claims to be.</param>
/// <param name="Nonce">Its half.</param>
internal sealed partial record ScramClientFirst(string Gs2Header, string Bare, string? ActFor, string User, string Nonce)
{
    public static ScramClientFirst? TryParse(ReadOnlySpan<byte> token)
    {
        if (ScramText.Decode(token) is not { } text || Form().Match(text) is not { Success: true } match)
            return null;

        var actFor = match.Groups["actfor"];
        return new ScramClientFirst(
            match.Groups["gs2"].Value,
            match.Groups["bare"].Value,
            actFor.Success ? ScramText.UnescapeName(actFor.Value) : null,
            ScramText.UnescapeName(match.Groups["user"].Value),
            match.Groups["nonce"].Value);
    }

    [GeneratedRegex(@"\A(?<gs2>[ny],(?:a=(?<actfor>(?:[^=,\0]|=2C|=3D)*))?,)(?<bare>n=(?<user>(?:[^=,\0]|=2C|=3D)+),r=(?<nonce>[\x21-\x2B\x2D-\x7E]+)(?:,[A-Za-z]=[^,\0]+)*)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}

/// <summary><c>c=binding,r=nonce,p=proof</c>.</summary>
/// <param name="WithoutProof">The part both sides sign.</param>
/// <param name="ChannelBinding">The client's first header again, as it was sent.</param>
/// <param name="Nonce">Both halves.</param>
/// <param name="Proof">That the client knows the password.</param>
internal sealed partial record ScramClientFinal(string WithoutProof, string ChannelBinding, string Nonce, byte[] Proof)
{
    public static ScramClientFinal? TryParse(ReadOnlySpan<byte> token)
    {
        if (ScramText.Decode(token) is not { } text || Form().Match(text) is not { Success: true } match)
            return null;

        var proof = new byte[match.Groups["proof"].Length];
        var binding = new byte[match.Groups["binding"].Length];
        if (!Convert.TryFromBase64String(match.Groups["proof"].Value, proof, out var proofLength)
            || !Convert.TryFromBase64String(match.Groups["binding"].Value, binding, out var bindingLength)
            || ScramText.Decode(binding.AsSpan(0, bindingLength)) is not { } header)
            return null;

        return new ScramClientFinal(match.Groups["signed"].Value, header, match.Groups["nonce"].Value, proof[..proofLength]);
    }

    [GeneratedRegex(@"\A(?<signed>c=(?<binding>[A-Za-z0-9+/=]+),r=(?<nonce>[\x21-\x2B\x2D-\x7E]+)(?:,[A-Za-z]=[^,\0]+)*),p=(?<proof>[A-Za-z0-9+/=]+)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}

internal static class ScramText
{
    /// <summary>Many times what names and nonces take; beyond it no more work is done for somebody unknown.</summary>
    private const int MaxLength = 8 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Null when the bytes are not UTF-8 or too many.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxLength)
            return null;

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A comma and an equals sign in a name travel as =2C and =3D.</summary>
    public static string UnescapeName(string name) =>
        name.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
}
