using System.Text.Json.Serialization;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>Groups: list and describe with members and lag, delete, and move what they have committed.</summary>
internal static class GroupsApi
{
    public static Task ListAsync(HttpContext context, BrokerServer broker) => context.Response.WriteAsJsonAsync(
        broker.DescribeGroups(), RestJson.Default.IReadOnlyListGroupDescription, cancellationToken: context.RequestAborted);

    public static Task DescribeAsync(HttpContext context, BrokerServer broker)
    {
        var id = context.Group();
        var group = broker.DescribeGroups().FirstOrDefault(g => g.Id == id)
            ?? throw new RestProblemException(StatusCodes.Status404NotFound, $"There is no group '{id}'.", error: "GROUP_ID_NOT_FOUND");
        return context.Response.WriteAsJsonAsync(group, RestJson.Default.GroupDescription, cancellationToken: context.RequestAborted);
    }

    public static async Task DeleteAsync(HttpContext context, BrokerServer broker)
    {
        await broker.Admin.DeleteGroupAsync(context.Group(), CancellationToken.None).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task ResetOffsetsAsync(HttpContext context, BrokerServer broker)
    {
        var body = await JsonBody.ReadAsync(context, RestJson.Default.OffsetResetBody).ConfigureAwait(false);
        var moves = await broker.Admin.ResetOffsetsAsync(context.Group(), body.ToReset(), body.DryRun, CancellationToken.None).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(
            new OffsetResetAnswer(body.DryRun, moves), RestJson.Default.OffsetResetAnswer, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>Exactly one of <paramref name="To"/>, <paramref name="Offset"/>, <paramref name="Time"/> and <paramref name="Shift"/>.</summary>
/// <param name="To"><c>earliest</c> or <c>latest</c>.</param>
/// <param name="Offset">An offset.</param>
/// <param name="Time">A time.</param>
/// <param name="Shift">So many records on, or back when negative.</param>
/// <param name="Topic">Null for all the group has committed for.</param>
/// <param name="Partitions">Of the topic; null for all.</param>
/// <param name="DryRun">Change nothing.</param>
internal sealed record OffsetResetBody(
    string? To, long? Offset, string? Time, long? Shift, string? Topic, IReadOnlyList<int>? Partitions, bool DryRun = false)
{
    public OffsetReset ToReset()
    {
        if ((To is null ? 0 : 1) + (Offset is null ? 0 : 1) + (Time is null ? 0 : 1) + (Shift is null ? 0 : 1) != 1)
            throw new RestProblemException(StatusCodes.Status400BadRequest, "Give exactly one of to, offset, time and shift.", "body");
        if (Partitions is not null && Topic is null)
            throw new RestProblemException(StatusCodes.Status400BadRequest, "Partitions without a topic mean nothing.", "partitions");

        var reset = this switch
        {
            { Offset: { } offset } => OffsetReset.ToOffset(offset),
            { Time: { } time } => OffsetReset.ToTime(RestRequests.Time(time, "time")),
            { Shift: { } shift } => OffsetReset.ShiftBy(shift),
            { To: "earliest" } => OffsetReset.ToEarliest(),
            { To: "latest" } => OffsetReset.ToLatest(),
            _ => throw new RestProblemException(StatusCodes.Status400BadRequest, $"\"{To}\" is neither earliest nor latest.", "to"),
        };
        return reset with { Topic = Topic, Partitions = Partitions };
    }
}

internal sealed record OffsetResetAnswer(bool DryRun, [property: JsonPropertyName("partitions")] IReadOnlyList<OffsetMove> Moves);
