namespace Compliance.Support;

public sealed record Refusal(string Reason);

/// <summary>A type with a type argument, nested types and interfaces in several levels: what names of topics are made of.</summary>
public sealed record Wrapped<T>(T Content)
    where T : class;

public static class Outer
{
    public sealed record Inner(string Name);
}

public interface IAudited
{
    string Name { get; }
}

/// <summary>Every message is one; nobody wants a topic of all messages.</summary>
[ExcludeFromTopology]
public interface IMarked
{
    string Name { get; }
}

[EntityName("gadgets")]
public sealed record GadgetMade(string Name);

public sealed record ThingMarked(string Name) : IMarked, IAudited;

public sealed record Everything(string Text, string? Missing, int[] Numbers, Dictionary<string, string> Words, DateTimeOffset At, TimeSpan Span, Guid Id, long Big, Uri Address);
