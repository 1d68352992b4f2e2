using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace InventoryService;

public sealed class InventoryDbContext(DbContextOptions<InventoryDbContext> options) : DbContext(options)
{
    public DbSet<StockItem> Stock => Set<StockItem>();

    public DbSet<Reservation> Reservations => Set<Reservation>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<StockItem>(item =>
        {
            // Invariant of every recorded moment, held by the database whatever the code does.
            item.ToTable("Stock", table => table.HasCheckConstraint("CK_Stock_Range", "0 <= Reserved AND Reserved <= OnHand"));
            item.HasKey(i => i.Sku);
        });
        model.Entity<Reservation>(reservation =>
        {
            reservation.ToTable("Reservations");
            reservation.HasKey(r => r.OrderId);
            reservation.Property(r => r.OrderId).ValueGeneratedNever();
            reservation.Property(r => r.Status).HasConversion<string>();
            reservation.OwnsMany(r => r.Lines, line =>
            {
                line.ToTable("ReservationLines");
                line.WithOwner().HasForeignKey("OrderId");
                line.HasKey("OrderId", nameof(ReservedLine.Sku));
            });
        });
        model.AddOutboxEntities();
    }
}
