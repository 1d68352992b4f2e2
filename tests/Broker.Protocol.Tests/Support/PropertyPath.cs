using System.Collections;
using System.Globalization;

namespace Broker.Protocol.Tests.Support;

/// <summary>Reads a property such as <c>Topics[0].Partitions[1].FetchOffset</c> and shows it as the golden files do.</summary>
public static class PropertyPath
{
    public static string Show(object message, string path)
    {
        object? value = message;
        foreach (var step in path.Split('.'))
        {
            var bracket = step.IndexOf('[');
            var name = bracket < 0 ? step : step[..bracket];
            var property = value!.GetType().GetProperty(name);
            Assert.True(property is not null, $"{value.GetType().Name} has no {name} ({path})");
            value = property.GetValue(value);
            if (bracket >= 0)
                value = ((IEnumerable)value!).Cast<object?>().ElementAt(int.Parse(step.AsSpan(bracket + 1, step.Length - bracket - 2), CultureInfo.InvariantCulture));
        }

        return Show(value);
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        // The runtime takes an array of sbyte for one of byte too.
        byte[] bytes when value.GetType() == typeof(byte[]) => Hex(bytes),
        Memory<byte> bytes => Hex(bytes.Span),
        RecordsSlice records => Hex(records.Bytes.Span),
        Enum code => ((IConvertible)code).ToInt16(CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ when value.GetType() is { IsNested: true } type && type.Namespace == typeof(Messages.FetchRequest).Namespace => "{}",
        IEnumerable list => $"[{list.Cast<object?>().Count()}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
