using System.Text;

namespace Broker.Security.Sasl;

/// <summary>
/// One entry in the words of Java's login configuration: <c>module.Class required name="value" …;</c>. The class is only a name here:
/// it says for which mechanism the options are meant, and nothing is loaded.
/// </summary>
internal sealed record JaasConfig(string Module, IReadOnlyDictionary<string, string> Options)
{
    private const string Allowed = "one login module with its options: org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"secret\";";

    public static string? Check(string text) => TryParse(text) is null ? Allowed : null;

    public static JaasConfig? TryParse(string text)
    {
        var words = new List<string>();
        for (var position = 0; position < text.Length;)
        {
            if (char.IsWhiteSpace(text[position]))
                position++;
            else if (text[position] is '=' or ';')
                words.Add(text[position++].ToString());
            else if (ReadWord(text, ref position) is { } word)
                words.Add(word);
            else
                return null;
        }

        // Class, flag, options of three words each, a semicolon.
        if (words.Count < 3 || words[^1] != ";" || words.Count % 3 != 0 || words[1] is not ("required" or "requisite" or "sufficient" or "optional"))
            return null;

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 2; i < words.Count - 1; i += 3)
        {
            if (words[i + 1] != "=" || !options.TryAdd(words[i], words[i + 2]))
                return null;
        }

        return new JaasConfig(words[0], options);
    }

    /// <returns>Null where a quoted word does not end.</returns>
    private static string? ReadWord(string text, ref int position)
    {
        var word = new StringBuilder();
        if (text[position] != '"')
        {
            while (position < text.Length && !char.IsWhiteSpace(text[position]) && text[position] is not ('=' or ';'))
                word.Append(text[position++]);
            return word.ToString();
        }

        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
                position++;
            word.Append(text[position]);
        }

        return position++ < text.Length ? word.ToString() : null;
    }
}
