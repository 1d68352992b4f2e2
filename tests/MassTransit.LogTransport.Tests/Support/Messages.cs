namespace MassTransit.LogTransport.Tests.Support;

public enum Colour
{
    Red,
    DarkGreen,
}

public interface ISomethingHappened
{
    string Name { get; }
}

public sealed record ThingHappened(string Name, int Number) : ISomethingHappened;

public sealed record OtherHappened(string Name);

public sealed record UnwantedHappened(string Name);

public sealed record Painted(string Name, Colour Colour, decimal Price);

public sealed record Ask(string Question);

public sealed record Answer(string Text);

public sealed record Step(string Key, int Number);

public sealed record Copied(string Key, int Number);

public sealed record Correlated(Guid CorrelationId, string Name) : CorrelatedBy<Guid>;
