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
            // What is due comes out in order, however much is delayed.
            message.HasIndex(x => new { x.EnqueueTime, x.SequenceNumber });
        });

        modelBuilder.Entity<InboxState>(inbox =>
        {
            inbox.ToTable(nameof(InboxState));
            inbox.HasKey(x => new { x.MessageId, x.ConsumerId });
            // Only rows that may go one day are in it; filters are written as both databases understand them.
            inbox.HasIndex(x => new { x.Topic, x.Partition, x.Position }).HasFilter("\"Topic\" IS NOT NULL");
        });

        return modelBuilder;
    }

    /// <summary>
    /// Adds the tables <c>JobTypeSaga</c>, <c>JobSaga</c> and <c>JobAttemptSaga</c>, for job consumers whose sagas are kept with
    /// <c>SqliteRepository</c>.
    /// </summary>
    public static ModelBuilder AddJobSagaEntities(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);

        JobSagaEntities.Map(modelBuilder);

        return modelBuilder;
    }
}
