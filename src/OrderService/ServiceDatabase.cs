using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace OrderService;

/// <summary>Where the two SQLite files of this process are.</summary>
internal static class ServiceDatabase
{
    private const string DefaultOrders = "Data Source=data/order-service.db";

    public static void AddOrderDatabase(this WebApplicationBuilder builder) =>
        builder.Services.AddDbContext<OrdersDbContext>(options => options.UseSqlite(OrdersConnection(builder.Configuration)));

    public static string OrdersConnection(IConfiguration configuration) =>
        configuration.GetConnectionString("database") ?? DefaultOrders;

    /// <summary>The payments module's own file: as configured, else beside the orders, as <c>order-service.payments.db</c>.</summary>
    public static string PaymentsConnection(IConfiguration configuration)
    {
        if (configuration.GetConnectionString("payments") is { } configured)
        {
            return configured;
        }

        var connection = new SqliteConnectionStringBuilder(OrdersConnection(configuration));
        connection.DataSource = Path.ChangeExtension(connection.DataSource, ".payments.db");
        return connection.ConnectionString;
    }
}
