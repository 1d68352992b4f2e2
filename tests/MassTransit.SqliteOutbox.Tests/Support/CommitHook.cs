using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Stands in the way of commits, once it is told to.</summary>
public sealed class CommitHook : DbTransactionInterceptor
{
    public Func<Task> BeforeCommit { get; set; } = static () => Task.CompletedTask;

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData,
        InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await BeforeCommit();

        return result;
    }
}
