using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>Keeps an inbox row's place right when its message comes again from another.</summary>
internal static class InboxPositions
{
    /// <summary>
    /// Written twice to one partition, a message can come again until the later copy is gone. Written to two, nothing here
    /// knows until when, so the row loses its place and is kept.
    /// </summary>
    public static Task SawAgainAsync(DbContext dbContext, InboxState seen, CancellationToken cancellationToken)
    {
        IQueryable<InboxState> row = dbContext.Set<InboxState>().Where(row => row.MessageId == seen.MessageId && row.ConsumerId == seen.ConsumerId);

        return seen.Topic is null
            ? Task.CompletedTask
            : row.Where(row => row.Topic != null && (row.Topic != seen.Topic || row.Partition != seen.Partition || row.Position < seen.Position))
                .ExecuteUpdateAsync(place => place
                    .SetProperty(row => row.Position, row => row.Topic == seen.Topic && row.Partition == seen.Partition ? seen.Position : null)
                    .SetProperty(row => row.Partition, row => row.Topic == seen.Topic && row.Partition == seen.Partition ? seen.Partition : null)
                    .SetProperty(row => row.Topic, row => row.Topic == seen.Topic && row.Partition == seen.Partition ? seen.Topic : null), cancellationToken);
    }
}
