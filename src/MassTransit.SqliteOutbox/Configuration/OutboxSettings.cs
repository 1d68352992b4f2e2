using MassTransit.Transports;

namespace MassTransit.SqliteOutbox;

/// <summary>The options of one context's database: a container holds several.</summary>
internal sealed record OutboxSettings<TDbContext>(SqliteOutboxOptions Options)
{
    /// <summary>
    /// Whether this delivery may run in a transaction with others. One that is run again may not: it, or one beside it,
    /// was the reason, and alone it cannot take others along.
    /// </summary>
    public bool MayShare(ConsumeContext context) =>
        Options.MaxGroupMessages > 1 && Options.ConflictRetryLimit > 0 && context.GetRetryAttempt() == 0 &&
        Options.GroupFor(context.ReceiveContext.InputAddress.GetEndpointName() ?? "");
}
