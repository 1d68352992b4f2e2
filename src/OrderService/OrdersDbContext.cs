using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace OrderService;

public sealed class OrdersDbContext(DbContextOptions<OrdersDbContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.StoreTimesAsTicks();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Order>(order =>
        {
            order.ToTable("Orders");
            order.HasKey(o => o.CorrelationId);
            order.Property(o => o.CorrelationId).HasColumnName("OrderId").ValueGeneratedNever();
            order.Property(o => o.Version).IsConcurrencyToken();
            order.Property(o => o.Settlement).HasConversion<string>();
            order.Property(o => o.Stock).HasConversion<string>();
            order.Property(o => o.Payment).HasConversion<string>();
            order.Property(o => o.WaitingFor).HasConversion<string>();
            order.Property(o => o.Lines).HasJsonConversion();
            order.Property(o => o.Shortages).HasJsonConversion();
            order.Property(o => o.Ignored).HasJsonConversion();
            order.HasIndex(o => o.CreatedAt);
            order.HasIndex(o => new { o.CustomerId, o.CreatedAt });
            order.HasIndex(o => o.Deadline).HasFilter("Deadline IS NOT NULL");
        });
        model.Entity<IdempotencyRecord>(record =>
        {
            record.ToTable("IdempotencyRecords");
            record.HasKey(r => r.Key);
        });
        model.AddOutboxEntities();
    }
}
