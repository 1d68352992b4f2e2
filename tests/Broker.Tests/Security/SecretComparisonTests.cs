using System.Reflection;
using System.Reflection.Emit;
using System.Security.Cryptography;
using Broker.Security.Sasl;
using Broker.Security.Scram;

namespace Broker.Tests.Security;

/// <summary>CVE-2021-38153: how long a comparison takes must not tell how much of a secret was right. That cannot be timed in a test; what is called can be seen.</summary>
public sealed class SecretComparisonTests
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    [Theory]
    [InlineData(typeof(PlainUsers))]
    [InlineData(typeof(ScramServer))]
    public void what_proves_who_somebody_is_is_compared_in_constant_time(Type type) =>
        Assert.Contains(Methods(type).SelectMany(Calls), m => m.DeclaringType == typeof(CryptographicOperations) && m.Name == nameof(CryptographicOperations.FixedTimeEquals));

    [Fact]
    public void no_bytes_are_compared_in_any_other_way()
    {
        var types = typeof(PlainUsers).Assembly.GetTypes().Where(
            t => t.Namespace is "Broker.Security" or "Broker.Security.Sasl" or "Broker.Security.Scram");

        var others = from type in types
                     from method in Methods(type)
                     from call in Calls(method)
                     where call.Name is nameof(MemoryExtensions.SequenceEqual) or nameof(MemoryExtensions.SequenceCompareTo) or nameof(MemoryExtensions.CommonPrefixLength)
                     select $"{type.Name}.{method.Name} calls {call.DeclaringType!.Name}.{call.Name}";

        Assert.Empty(others);
    }

    [Fact]
    public void a_call_is_found_where_there_is_one() =>
        Assert.Contains(Calls(((Func<byte[], byte[], bool>)Compare).Method), m => m.Name == nameof(MemoryExtensions.SequenceEqual));

    private static bool Compare(byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b);

    /// <summary>Also those the compiler made of it: lambdas, iterators, async methods.</summary>
    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all)).Concat(type.GetNestedTypes(all).SelectMany(Methods));
    }

    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;

        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var opCode = OpCodesByValue[code[at] == 0xFE ? (short)((0xFE << 8) | code[at + 1]) : code[at]];
            at += opCode.Size;
            if (opCode.OperandType == OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!;
            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
