namespace MassTransit.SqliteOutbox.Tests.Support;

public sealed record Book(string Text);

public sealed record Booked(string Text);

public sealed record Count(Guid TallyId, int Amount);

public sealed record RaiseAll(string State, int Amount);

public sealed record Counted(Guid TallyId, int Amount);

public sealed record Ask(string Question);

public sealed record Answer(string Text);
