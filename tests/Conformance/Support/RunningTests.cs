using System.Collections.Concurrent;
using System.Reflection;
using Conformance.Support;
using Xunit.v3;

[assembly: RunningTests]

namespace Conformance.Support;

/// <summary>Which tests run now, and which have run.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class RunningTestsAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => RunningTests.Begin(methodUnderTest, test);

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => RunningTests.End(test);
}

internal static class RunningTests
{
    private static readonly ConcurrentDictionary<IXunitTest, string> Running = new();
    private static readonly ConcurrentDictionary<string, bool> Begun = new();

    /// <summary>The test that runs, when no other does.</summary>
    public static string? Only => Running.Values.ToList() is [var only] ? only : null;

    /// <summary>Whether every test of this assembly has begun; not so when somebody runs a part of them.</summary>
    public static bool AllBegun => typeof(RunningTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)))
        .All(method => Begun.ContainsKey(NameOf(method)));

    public static void Begin(MethodInfo method, IXunitTest test)
    {
        Running[test] = NameOf(method);
        Begun[NameOf(method)] = true;
    }

    public static void End(IXunitTest test) => Running.TryRemove(test, out _);

    private static string NameOf(MethodInfo method) => $"{method.ReflectedType!.Name}.{method.Name}";
}
