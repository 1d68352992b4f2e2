using Microsoft.AspNetCore.Connections;

namespace Broker.Host.Rest;

/// <summary>
/// The broker for people without a Kafka client: topics, records, groups and the cluster over HTTP, described by
/// <c>/openapi/v1.json</c>. Every refusal is problem+json. Requests go to the broker in this process as the broker itself: whoever
/// reaches the port may do everything.
/// </summary>
internal sealed class RestApi
{
    /// <summary>Fits the largest record batch that a topic takes by default, in base64.</summary>
    public const int MaxBodyBytes = 2 << 20;

    private readonly Func<BrokerServer?> _broker;
    private readonly ILogger _logger;

    internal RestApi(Func<BrokerServer?> broker, ILogger logger) => (_broker, _logger) = (broker, logger);

    /// <param name="app">Gets the routes.</param>
    /// <param name="broker">Null while it does not serve.</param>
    /// <param name="logger">Told of requests that failed for no fault of theirs.</param>
    public static void Map(IEndpointRouteBuilder app, Func<BrokerServer?> broker, ILogger logger)
    {
        var api = new RestApi(broker, logger);
        var tails = new TailApi();
        app.MapGet("/openapi/v1.json", OpenApiDocument.AnswerAsync);

        app.MapGet("/cluster", api.With(ClusterApi.DescribeAsync));
        app.MapGet("/connections", api.With(ClusterApi.ConnectionsAsync));

        app.MapGet("/topics", api.With(TopicsApi.ListAsync));
        app.MapPost("/topics", api.With(TopicsApi.CreateAsync));
        app.MapGet("/topics/{topic}", api.With(TopicsApi.DescribeAsync));
        app.MapPatch("/topics/{topic}", api.With(TopicsApi.AddPartitionsAsync));
        app.MapDelete("/topics/{topic}", api.With(TopicsApi.DeleteAsync));
        app.MapGet("/topics/{topic}/configs", api.With(TopicsApi.ConfigsAsync));
        app.MapPatch("/topics/{topic}/configs", api.With(TopicsApi.AlterConfigsAsync));

        app.MapPost("/topics/{topic}/records", api.With(ProduceApi.ProduceAsync));
        app.MapGet("/topics/{topic}/records", api.With(ReadApi.ReadAsync));
        app.MapGet("/topics/{topic}/tail", api.With(tails.TailAsync));

        app.MapGet("/groups", api.With(GroupsApi.ListAsync));
        app.MapGet("/groups/{group}", api.With(GroupsApi.DescribeAsync));
        app.MapDelete("/groups/{group}", api.With(GroupsApi.DeleteAsync));
        app.MapPost("/groups/{group}/offsets", api.With(GroupsApi.ResetOffsetsAsync));
    }

    /// <summary>No route, or none of this method: the answer that routing leaves without a body.</summary>
    public static async Task NameWhatIsMissingAsync(HttpContext context, RequestDelegate next)
    {
        await next(context).ConfigureAwait(false);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed } response)
        {
            await context.RefuseAsync(new RestProblemException(
                response.StatusCode, $"There is no {context.Request.Method} {context.Request.Path}; /openapi/v1.json has what there is.")).ConfigureAwait(false);
        }
    }

    internal RequestDelegate With(Func<HttpContext, BrokerServer, Task> answer) => async context =>
    {
        try
        {
            await answer(context, _broker() ?? throw NotReady()).ConfigureAwait(false);
        }
        catch (RestProblemException e)
        {
            await context.RefuseAsync(e).ConfigureAwait(false);
        }
        catch (InProcess.BrokerRequestException e)
        {
            await context.RefuseAsync(RestProblemException.From(e)).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await context.RefuseAsync(new RestProblemException(e.StatusCode, e.Message, "body")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConnectionResetException || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // The client is gone; there is nobody to answer.
        }
        catch (OperationCanceledException)
        {
            await context.RefuseAsync(NotReady()).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.RequestFailed(e, context.Request.Method, context.Request.Path);
            await context.RefuseAsync(Failed()).ConfigureAwait(false);
        }
    };

    private static RestProblemException NotReady() => new(StatusCodes.Status503ServiceUnavailable, "The broker is starting or stopping.");

    private static RestProblemException Failed() =>
        new(StatusCodes.Status500InternalServerError, "The broker failed at this request; its log says why.", error: "UNKNOWN_SERVER_ERROR");
}
