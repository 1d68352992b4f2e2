using Microsoft.EntityFrameworkCore;

namespace InventoryService;

internal static class InventoryDatabase
{
    private const string Default = "Data Source=data/inventory-service.db";

    public static void AddInventoryDatabase(this WebApplicationBuilder builder) =>
        builder.Services.AddDbContext<InventoryDbContext>(options =>
            options.UseSqlite(builder.Configuration.GetConnectionString("database") ?? Default));
}
