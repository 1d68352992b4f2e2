using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace NotificationService;

public sealed class NotificationDbContext(DbContextOptions<NotificationDbContext> options) : DbContext(options)
{
    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<KnownOrder> Orders => Set<KnownOrder>();

    public DbSet<Customer> Customers => Set<Customer>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Notification>(notification =>
        {
            notification.ToTable("Notifications");
            notification.HasKey(n => n.Id);
            notification.Property(n => n.Milestone).HasConversion<string>();
            notification.HasIndex(n => new { n.OrderId, n.Milestone }).IsUnique();
            notification.HasIndex(n => new { n.CustomerId, n.Id });
        });
        model.Entity<KnownOrder>(order =>
        {
            order.ToTable("Orders");
            order.HasKey(o => o.OrderId);
            order.Property(o => o.OrderId).ValueGeneratedNever();
        });
        model.Entity<Customer>(customer =>
        {
            customer.ToTable("Customers");
            customer.HasKey(c => c.CustomerId);
        });
        model.AddOutboxEntities();
    }
}
