using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Stands in the way of statements that change something, once it is told to.</summary>
public sealed class CommandHook : DbCommandInterceptor
{
    public Func<string, Task> BeforeCommand { get; set; } = static _ => Task.CompletedTask;

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData,
        InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await BeforeCommand(command.CommandText);

        return result;
    }
}
