using System.Collections;
using System.Reflection;

namespace Broker.Protocol.Tests.Support;

/// <summary>Fills a message with random values, nulls where the type allows them.</summary>
public sealed class RandomMessage(int seed)
{
    private static readonly NullabilityInfoContext Nullability = new();

    private readonly Random _random = new(seed);

    public object Create(Type type)
    {
        var message = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            property.SetValue(message, Value(property));
        return message;
    }

    private object? Value(PropertyInfo property)
    {
        var nullable = Nullability.Create(property).WriteState == NullabilityState.Nullable;
        return nullable && _random.Next(4) == 0 ? null : Value(property.PropertyType);
    }

    private object Value(Type type) => type switch
    {
        _ when type == typeof(bool) => _random.Next(2) == 0,
        _ when type == typeof(sbyte) => (sbyte)_random.Next(sbyte.MinValue, sbyte.MaxValue),
        _ when type == typeof(short) => (short)_random.Next(short.MinValue, short.MaxValue),
        _ when type == typeof(int) => _random.Next(int.MinValue, int.MaxValue),
        _ when type == typeof(long) => _random.NextInt64(long.MinValue, long.MaxValue),
        _ when type == typeof(double) => _random.NextDouble() * 1e9,
        _ when type == typeof(Guid) => new Guid(Bytes(16)),
        _ when type == typeof(string) => string.Concat(Enumerable.Range(0, _random.Next(300)).Select(_ => _random.Next(8) == 0 ? "é€" : "x")),
        _ when type == typeof(byte[]) => Bytes(_random.Next(300)),
        _ when type == typeof(Memory<byte>?) => new Memory<byte>(Bytes(_random.Next(300))),
        _ when type == typeof(RecordsSlice) => RecordsSlice.FromBytes(Bytes(_random.Next(300))),
        { IsEnum: true } => Enum.ToObject(type, (short)_random.Next(0, 90)),
        { IsGenericType: true } => List(type.GetGenericArguments()[0]),
        _ => Create(type),
    };

    private object List(Type element)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (var left = _random.Next(4); left > 0; left--)
            list.Add(Value(element));
        return list;
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
