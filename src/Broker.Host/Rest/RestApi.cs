using Microsoft.AspNetCore.WebUtilities;

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

    private RestApi(Func<BrokerServer?> broker) => _broker = broker;

    /// <param name="app">Gets the routes.</param>
    /// <param name="broker">Null while it does not serve.</param>
    public static void Map(WebApplication app, Func<BrokerServer?> broker)
    {
        var api = new RestApi(broker);
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

    private RequestDelegate With(Func<HttpContext, BrokerServer, Task> answer) => async context =>
    {
        try
        {
            await answer(context, _broker() ?? throw NotReady()).ConfigureAwait(false);
        }
        catch (RestProblemException e)
        {
            await RefuseAsync(context, e).ConfigureAwait(false);
        }
        catch (InProcess.BrokerRequestException e)
        {
            await RefuseAsync(context, RestProblemException.From(e)).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, new RestProblemException(e.StatusCode, e.Message, "body")).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
        catch (OperationCanceledException)
        {
            await RefuseAsync(context, NotReady()).ConfigureAwait(false);
        }
    };

    private static RestProblemException NotReady() => new(StatusCodes.Status503ServiceUnavailable, "The broker is starting or stopping.");

    /// <summary>Once an answer has begun it can only be broken off, which the client sees.</summary>
    private static Task RefuseAsync(HttpContext context, RestProblemException e)
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
