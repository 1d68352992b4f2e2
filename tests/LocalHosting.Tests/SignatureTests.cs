using System.Reflection;
using System.Runtime.CompilerServices;

namespace LocalHosting.Tests;

/// <summary>
/// <c>Signatures.txt</c> lists the members of Aspire that a topology or a test may use, with parameter names and defaults as Aspire declares
/// them. A public member that is not in the list would compile here and fail there; one that is only in the list, the other way round.
/// </summary>
public sealed class SignatureTests
{
    private static readonly string[] Expected = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Signatures.txt")).Where(line => line.Length > 0 && line[0] != '#')];

    [Fact]
    public void every_listed_member_is_here() => Assert.Empty(Expected.Except(Actual()));

    [Fact]
    public void no_member_is_here_that_is_not_listed() => Assert.Empty(Actual().Except(Expected));

    private static IReadOnlyList<string> Actual() => [.. typeof(DistributedApplication).Assembly.GetExportedTypes()
        .SelectMany(MembersOf)
        .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> MembersOf(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        yield return Kind(type);
        foreach (var member in type.GetMembers(Declared).Where(member => member.GetCustomAttribute<CompilerGeneratedAttribute>() is null))
        {
            var text = member switch
            {
                ConstructorInfo constructor => $"{Name(type)}({Parameters(constructor)})",
                MethodInfo { IsSpecialName: false } method when !IsOfRecordOrObject(method) => $"{Modifier(method)}{Name(method.ReturnType)} {Name(type)}.{method.Name}{TypeParameters(method)}({Parameters(method)})",
                PropertyInfo { CanWrite: true, SetMethod.IsPublic: true } property => $"{Name(property.PropertyType)} {Name(type)}.{property.Name} {{ get; set; }}",
                PropertyInfo property => $"{Name(property.PropertyType)} {Name(type)}.{property.Name} {{ get; }}",
                FieldInfo { IsSpecialName: false } field => $"{Name(field.FieldType)} {Name(type)}.{field.Name}",
                _ => null,
            };
            if (text is not null)
            {
                yield return text;
            }
        }
    }

    private static bool IsOfRecordOrObject(MethodInfo method) =>
        method.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "<Clone>$" or "PrintMembers";

    private static string Modifier(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => $"interface {type.Namespace}.{Name(type)}",
        { IsEnum: true } => $"enum {type.Namespace}.{Name(type)}",
        { IsValueType: true } => $"struct {type.Namespace}.{Name(type)}",
        { IsAbstract: true, IsSealed: true } => $"static class {type.Namespace}.{Name(type)}",
        _ => $"class {type.Namespace}.{Name(type)}",
    };

    private static string TypeParameters(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Constraint))}>" : "";

    private static string Constraint(Type parameter)
    {
        var constraints = parameter.GetGenericParameterConstraints().Select(Name).Order(StringComparer.Ordinal);
        return string.Join(" ", [parameter.Name, .. constraints.Select(constraint => $": {constraint}")]);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.Position == 0 && method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{Name(parameter.ParameterType)} {parameter.Name}{Default(parameter)}"));

    private static string Default(ParameterInfo parameter) => !parameter.HasDefaultValue ? "" : parameter.DefaultValue switch
    {
        null => " = default",
        string text => $" = \"{text}\"",
        bool truth => truth ? " = true" : " = false",
        var value => $" = {value}",
    };

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return "ref " + Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        var simple = type switch
        {
            _ when type == typeof(void) => "void",
            _ when type == typeof(string) => "string",
            _ when type == typeof(int) => "int",
            _ when type == typeof(bool) => "bool",
            _ when type == typeof(object) => "object",
            _ => type.Name.Split('`')[0],
        };
        var nested = type is { IsNested: true, IsGenericParameter: false } ? $"{Name(type.DeclaringType!)}.{simple}" : simple;
        return type.IsGenericType ? $"{nested}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : nested;
    }
}
