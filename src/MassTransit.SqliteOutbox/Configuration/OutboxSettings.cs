namespace MassTransit.SqliteOutbox;

/// <summary>The options of one context's database: a container holds several.</summary>
internal sealed record OutboxSettings<TDbContext>(SqliteOutboxOptions Options);
