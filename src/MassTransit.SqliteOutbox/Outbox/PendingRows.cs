using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// What is known of the outbox rows that a context was given and has not committed: their lanes, and that the relay is to
/// hear of the commit. Kept beside the context, since looking through all it tracks at every save costs more than the
/// rows. For one thread at a time, as the context.
/// </summary>
internal sealed class PendingRows
{
    private static readonly ConditionalWeakTable<DbContext, PendingRows> Table = [];

    private readonly HashSet<string> _unsaved = new(StringComparer.Ordinal);
    private bool _uncommitted;

    /// <summary>The lanes of rows that no save has written yet.</summary>
    public IReadOnlyCollection<string> UnsavedLanes => _unsaved;

    public static PendingRows? Of(DbContext context) => Table.TryGetValue(context, out PendingRows? rows) ? rows : null;

    public static void Added(DbContext context, string lane)
    {
        PendingRows rows = Table.GetOrCreateValue(context);
        rows._unsaved.Add(lane);
        rows._uncommitted = true;
    }

    public void Saved() => _unsaved.Clear();

    /// <summary>Another context will commit what this one has saved.</summary>
    public static void HandOver(DbContext from, DbContext to)
    {
        if (TakeUncommitted(from))
            Table.GetOrCreateValue(to)._uncommitted = true;
    }

    /// <summary>Whether there were rows since the last call.</summary>
    public static bool TakeUncommitted(DbContext? context)
    {
        if (context is null || Of(context) is not { _uncommitted: true } rows)
            return false;

        rows._uncommitted = false;

        return true;
    }
}
