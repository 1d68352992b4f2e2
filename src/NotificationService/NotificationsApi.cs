using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace NotificationService;

internal static class NotificationsApi
{
    private const int DefaultLimit = 100;
    private const int MostPerPage = 1000;

    public static void MapNotifications(this IEndpointRouteBuilder app) =>
        app.MapGet("/notifications", List).WithTags("Notifications")
            .WithSummary("What a customer was told, newest first.").ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<Ok<List<NotificationView>>, ProblemHttpResult>> List(
        string? customerId, int? limit, NotificationDbContext database, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(customerId))
            return Refused("The query parameter customerId is missing.");

        if (limit is <= 0 or > MostPerPage)
            return Refused($"The limit is {limit}; it must be from 1 to {MostPerPage}.");

        List<Notification> sent = await database.Notifications.AsNoTracking()
            .Where(notification => notification.CustomerId == customerId)
            .OrderByDescending(notification => notification.SentAt).ThenByDescending(notification => notification.Id)
            .Take(limit ?? DefaultLimit).ToListAsync(cancellationToken);

        return TypedResults.Ok(sent.ConvertAll(NotificationView.Of));
    }

    private static ProblemHttpResult Refused(string reason) => TypedResults.Problem(
        reason, statusCode: StatusCodes.Status400BadRequest, title: "Cannot list notifications");
}

internal sealed record NotificationView(Guid OrderId, Milestone Milestone, string CustomerId, string Text, DateTimeOffset SentAt)
{
    public static NotificationView Of(Notification notification) => new(notification.OrderId, notification.Milestone,
        notification.CustomerId!, notification.Text, new DateTimeOffset(notification.SentAt!.Value, TimeSpan.Zero));
}
