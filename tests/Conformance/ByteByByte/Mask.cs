using System.Collections;
using System.Text.RegularExpressions;
using Broker.Protocol;

namespace Conformance.ByteByByte;

/// <summary>
/// Takes out of an answer what is each broker's own: its ids, its port and its time, and the words of an error, which one of the two may do
/// without. That there is an id, and where there is no error whether there is a message, stays.
/// </summary>
public static partial class Mask
{
    private static readonly Guid SomeId = new("11111111-1111-1111-1111-111111111111");

    public static void Apply(object message)
    {
        var type = message.GetType();
        var isError = type.GetProperties().Any(p => p.PropertyType == typeof(ErrorCode) && p.GetValue(message) is not ErrorCode.None);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite && p.GetIndexParameters().Length == 0))
        {
            switch (property.GetValue(message))
            {
                case var _ when isError && property.Name == "ErrorMessage":
                    property.SetValue(message, "…");
                    break;
                case Guid id when id != Guid.Empty:
                    property.SetValue(message, SomeId);
                    break;
                case string { Length: > 0 } text:
                    property.SetValue(message, Text(property.Name, text));
                    break;
                case int port when property.Name == "Port" && port > 0:
                    property.SetValue(message, 1);
                    break;
                case long own when property.Name is "ProducerId" or "TransactionStartTimeMs" or "LastTimestamp" && own >= 0:
                    property.SetValue(message, 1L);
                    break;
                case string:
                    break;
                case IEnumerable list when list.GetType() != typeof(byte[]):
                    foreach (var item in list.OfType<object>().Where(IsMessage))
                        Apply(item);
                    break;
                case { } nested when IsMessage(nested):
                    Apply(nested);
                    break;
            }
        }
    }

    private static string Text(string name, string text) => name switch
    {
        "BatchIndexErrorMessage" or "ClusterId" or "Documentation" => "…",
        _ => MemberId().Replace(text, "$1-some"),
    };

    private static bool IsMessage(object value) => value.GetType().Namespace == "Broker.Protocol.Messages" && value.GetType().IsClass;

    [GeneratedRegex("^(.*)-[0-9a-f]{8}-[0-9a-f-]{27}$")]
    private static partial Regex MemberId();
}
