using MassTransit.SqliteOutbox;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>Adds the tables of inbox and outbox to a model.</summary>
public static class SqliteOutboxModelBuilderExtensions
{
    /// <summary>
    /// Adds the tables <c>OutboxMessage</c> and <c>InboxState</c>. Call it from <c>OnModelCreating</c> of every context
    /// that is given to <c>AddSqliteOutbox</c>.
    /// </summary>
    public static ModelBuilder AddOutboxEntities(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);

        modelBuilder.Entity<OutboxMessage>(message =>
        {
            message.ToTable(nameof(OutboxMessage));
            message.HasKey(x => x.SequenceNumber);
            // AUTOINCREMENT: a number is never given twice, also after the table ran empty.
            message.Property(x => x.SequenceNumber).ValueGeneratedOnAdd();
        });

        modelBuilder.Entity<InboxState>(inbox =>
        {
            inbox.ToTable(nameof(InboxState));
            inbox.HasKey(x => new { x.MessageId, x.ConsumerId });
        });

        return modelBuilder;
    }
}
