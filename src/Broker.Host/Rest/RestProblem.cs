using System.Text.Json.Serialization;
using Broker.InProcess;
using Broker.Protocol;
using Microsoft.AspNetCore.WebUtilities;

namespace Broker.Host.Rest;

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong, for a person.</param>
/// <param name="Instance">The path that was asked.</param>
/// <param name="Where">The part of the request that is wrong, as <c>query offset</c> or <c>records[2].partition</c>; null for the whole.</param>
/// <param name="Error">Kafka's name of the error; null for one of HTTP alone.</param>
internal sealed record RestProblem(
    string Title, int Status, string Detail, string Instance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Where,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error)
{
    public const string ContentType = "application/problem+json";

    /// <summary>The HTTP status of a broker's refusal.</summary>
    public static int StatusOf(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.GroupIdNotFound => StatusCodes.Status404NotFound,
        ErrorCode.TopicAlreadyExists or ErrorCode.NonEmptyGroup or ErrorCode.GroupSubscribedToTopic => StatusCodes.Status409Conflict,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.OffsetOutOfRange => StatusCodes.Status416RangeNotSatisfiable,
        ErrorCode.KafkaStorageError => StatusCodes.Status507InsufficientStorage,
        ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.UnknownServerError => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}

/// <summary>The request cannot be answered as it stands; the message is for the user.</summary>
internal sealed class RestProblemException(int status, string detail, string? where = null, string? error = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string? Where { get; } = where;

    public string? Error { get; } = error;

    public static RestProblemException From(BrokerRequestException e) => new(RestProblem.StatusOf(e.Error), e.Message, where: null, e.Error.KafkaName());
}

internal static class RestProblems
{
    /// <summary>Once an answer has begun it can only be broken off, which the client sees.</summary>
    public static Task RefuseAsync(this HttpContext context, RestProblemException e)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        var problem = new RestProblem(ReasonPhrases.GetReasonPhrase(e.Status), e.Status, e.Message, context.Request.Path, e.Where, e.Error);
        context.Response.StatusCode = e.Status;
        return context.Response.WriteAsJsonAsync(problem, RestJson.Default.RestProblem, RestProblem.ContentType, context.RequestAborted);
    }
}
