using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests.Support;

public sealed class LedgerDbContext(DbContextOptions<LedgerDbContext> options) : DbContext(options)
{
    public DbSet<Entry> Entries => Set<Entry>();
    public DbSet<Tally> Tallies => Set<Tally>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<InboxState> Inbox => Set<InboxState>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutboxEntities();
        modelBuilder.AddJobSagaEntities();
        modelBuilder.Entity<Entry>().HasIndex(entry => entry.Text).IsUnique();
        modelBuilder.Entity<Tally>(tally =>
        {
            tally.HasKey(x => x.CorrelationId);
            tally.Property(x => x.Version).IsConcurrencyToken();
        });
    }
}

public sealed class Entry
{
    public long Id { get; set; }
    public required string Text { get; set; }
}

public sealed class Tally : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public long Sum { get; set; }
    public long Version { get; set; }
}
