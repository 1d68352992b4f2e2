using System.Formats.Asn1;
using System.Text;

namespace Broker.Security.Tls;

/// <summary>
/// A certificate's subject as Java writes it and so as ACLs and mapping rules of Kafka have it: RFC 2253, the last part first, no
/// blanks, ten attributes by keyword and any other as its number with the value's bytes in hexadecimal.
/// </summary>
internal static class DistinguishedName
{
    private const string Escaped = ",=+<>#;\"\\";

    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CN",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "STREET",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
    };

    /// <param name="encoded">The name in DER, which a chain that was found valid has.</param>
    public static string Format(byte[] encoded)
    {
        var parts = new List<string>();
        var sequence = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            var attributes = new List<string>();
            while (set.HasData)
                attributes.Add(Attribute(set.ReadSequence()));
            parts.Add(string.Join('+', attributes));
        }

        parts.Reverse();
        return string.Join(',', parts);
    }

    private static string Attribute(AsnReader pair)
    {
        var type = pair.ReadObjectIdentifier();
        var value = pair.ReadEncodedValue();
        return Keywords.TryGetValue(type, out var keyword) && Text(value) is { } text
            ? $"{keyword}={Escape(text)}"
            : $"{type}=#{Convert.ToHexStringLower(value.Span)}";
    }

    private static string? Text(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var tag = reader.PeekTag();
        return tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is var type
            && type is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String or UniversalTagNumber.BMPString
            ? reader.ReadCharacterString(type)
            : null;
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var edge = text.AsSpan(..i).Trim(' ').Length == 0 || text.AsSpan(i).Trim(' ').Length == 0;
            if (text[i] == '\0')
            {
                escaped.Append("\\00");
                continue;
            }

            if (Escaped.Contains(text[i], StringComparison.Ordinal) || (text[i] == ' ' && edge))
                escaped.Append('\\');
            escaped.Append(text[i]);
        }

        return escaped.ToString();
    }
}
