using System.Collections.Frozen;
using System.Text;

namespace Broker.Protocol;

/// <summary>Error codes as Kafka writes them: <c>UNKNOWN_TOPIC_OR_PARTITION</c>.</summary>
public static class ErrorCodeNames
{
    private static readonly FrozenDictionary<ErrorCode, string> Names =
        Enum.GetValues<ErrorCode>().ToFrozenDictionary(code => code, code => Written(code.ToString()));

    /// <summary>Kafka's own writing of the name; the number of a code that Kafka does not have.</summary>
    public static string KafkaName(this ErrorCode error) => Names.TryGetValue(error, out var name) ? name : error.ToString();

    private static string Written(string word)
    {
        var name = new StringBuilder();
        foreach (var c in word)
        {
            if (char.IsUpper(c) && name.Length > 0)
                name.Append('_');
            name.Append(char.ToUpperInvariant(c));
        }

        return name.ToString();
    }
}
