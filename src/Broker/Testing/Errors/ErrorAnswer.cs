using Broker.Protocol;

namespace Broker.Testing.Errors;

/// <summary>How one API says that everything a request asks has failed.</summary>
internal sealed record ErrorAnswer(ApiKey Api, Func<ControlledRequest, ErrorCode, object> Make)
{
    public static ErrorAnswer For<TRequest>(Func<TRequest, ErrorCode, object> make)
        where TRequest : IRequest<TRequest> =>
        new(TRequest.ApiKey, (request, error) => make(request.Read<TRequest>(), error));
}

/// <summary>The one list of them.</summary>
internal static class ErrorAnswers
{
    /// <summary>Stands for an answer that cannot be given: the connection is closed instead.</summary>
    public static readonly object CloseInstead = new();

    private static readonly Dictionary<ApiKey, ErrorAnswer> ByApi =
        RecordErrors.Answers.Concat(TopicErrors.Answers).Concat(GroupErrors.Answers).Concat(TransactionErrors.Answers)
            .Concat(SecurityErrors.Answers).Concat(ClusterErrors.Answers).ToDictionary(a => a.Api);

    public static bool Exist(ApiKey api) => ByApi.ContainsKey(api);

    /// <exception cref="NotSupportedException">There is none for this API.</exception>
    public static object To(ControlledRequest request, ErrorCode error) =>
        ByApi.TryGetValue(request.ApiKey, out var answer)
            ? answer.Make(request, error)
            : throw new NotSupportedException($"{request.ApiKey} has no answer that is only an error.");
}
