using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace OrderService.Payments;

public sealed class PaymentsDbContext(DbContextOptions<PaymentsDbContext> options) : DbContext(options)
{
    public DbSet<Payment> Payments => Set<Payment>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.StoreTimesAsTicks();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Payment>(payment =>
        {
            payment.ToTable("Payments");
            payment.HasKey(p => p.OrderId);
            payment.Property(p => p.OrderId).ValueGeneratedNever();
            payment.Property(p => p.Version).IsConcurrencyToken();
            payment.Property(p => p.State).HasConversion<string>();
            payment.Property(p => p.Closing).HasConversion<string>();
            payment.HasIndex(p => p.PaymentId).IsUnique();
            payment.HasIndex(p => p.CallAt).HasFilter("CallAt IS NOT NULL");
        });
        model.AddOutboxEntities();
    }
}
