using Microsoft.EntityFrameworkCore;

namespace NotificationService;

internal static class NotificationDatabase
{
    private const string Default = "Data Source=data/notification-service.db";

    public static void AddNotificationDatabase(this WebApplicationBuilder builder) =>
        builder.Services.AddDbContext<NotificationDbContext>(options =>
            options.UseSqlite(builder.Configuration.GetConnectionString("database") ?? Default));
}
