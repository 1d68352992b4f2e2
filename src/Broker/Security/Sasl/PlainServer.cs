using System.Text;

namespace Broker.Security.Sasl;

/// <summary>PLAIN (RFC 4616): one token of three parts with zeros between: whom to act for, user name, password.</summary>
internal sealed class PlainServer(PlainUsers users) : ISaslServer
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public SaslStep Next(ReadOnlySpan<byte> token)
    {
        Span<Range> parts = stackalloc Range[4];
        if (Split(token, parts) != 3)
            return SaslStep.Refuse("Authentication failed: the token is not of SASL/PLAIN's three parts.");

        string actFor, user;
        try
        {
            actFor = Strict.GetString(token[parts[0]]);
            user = Strict.GetString(token[parts[1]]);
        }
        catch (DecoderFallbackException)
        {
            return SaslStep.Refuse("Authentication failed: the token is not UTF-8.");
        }

        if (user.Length == 0 || token[parts[2]].IsEmpty)
            return SaslStep.Refuse("Authentication failed: user name or password is empty.");
        if (!users.Has(user, token[parts[2]]))
            return SaslStep.Refuse("Authentication failed: Invalid username or password");

        // CVE-2017-12610: the name that was proved is the one that counts, and none other may be asked for.
        return actFor.Length > 0 && actFor != user
            ? SaslStep.Refuse("Authentication failed: Client requested an authorization id that is different from username")
            : SaslStep.Done(user, []);
    }

    private static int Split(ReadOnlySpan<byte> token, Span<Range> parts)
    {
        var count = 0;
        foreach (var part in token.Split((byte)0))
        {
            if (count == parts.Length)
                break;
            parts[count++] = part;
        }

        return count;
    }
}
