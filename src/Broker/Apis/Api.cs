using Broker.Connections;
using Broker.Protocol;
using Broker.Quotas;

namespace Broker.Apis;

/// <summary>Answers one request. A null answer means that the client expects none.</summary>
internal delegate ValueTask<TResponse?> ApiHandler<in TRequest, TResponse>(TRequest request, RequestContext context)
    where TResponse : class;

/// <summary>A row of the <see cref="ApiTable"/>: an API, the versions served, and what answers it.</summary>
internal abstract class Api
{
    public required ApiKey Key { get; init; }

    public required ApiVersionRange Versions { get; init; }

    /// <summary>The lowest version announced, where clients misread the truth; asking for one below <see cref="Versions"/> closes the connection.</summary>
    public short? AnnouncedMin { get; init; }

    /// <summary>
    /// Whether the connection's next request may begin while this one waits. Such a handler has done everything a later request
    /// could observe, and is done with the records of its frame, when it first awaits. All others run one after another.
    /// </summary>
    public bool Overlaps { get; init; }

    /// <summary>Reads the body, runs the handler, writes the answer.</summary>
    /// <returns>The whole frame to send, owned by the caller; null for none.</returns>
    /// <exception cref="MalformedFrameException">The body is not what key and version say. The handler did not run.</exception>
    public abstract ValueTask<FrameBuffer?> AnswerAsync(ref ProtocolReader reader, RequestContext context);

    /// <summary>The frame of an answer that was not made by the handler.</summary>
    /// <exception cref="InvalidCastException">It is another API's answer.</exception>
    public abstract FrameBuffer Write(object response, RequestContext context);

    public static Api Row<TRequest, TResponse>(
        short min, short max, ApiHandler<TRequest, TResponse> handler, bool overlaps = false, short? announcedMin = null)
        where TRequest : IRequest<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new Api<TRequest, TResponse>(handler)
        {
            Key = TRequest.ApiKey,
            Versions = new ApiVersionRange(min, max),
            AnnouncedMin = announcedMin,
            Overlaps = overlaps,
        };
}

internal sealed class Api<TRequest, TResponse>(ApiHandler<TRequest, TResponse> handler) : Api
    where TRequest : IRequest<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override ValueTask<FrameBuffer?> AnswerAsync(ref ProtocolReader reader, RequestContext context)
    {
        var began = context.BeginWork(reader.Length);
        var request = TRequest.Read(ref reader, context.Version);
        if (reader.Failed)
            throw new MalformedFrameException($"The body of {Key} v{context.Version} does not follow its format.");
        return AnswerAsync(request, context, began);
    }

    /// <summary>Runs the handler, also for a request that did not come by a connection.</summary>
    public async ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context)
    {
        var response = await handler(request, context).ConfigureAwait(false);
        context.Activity?.Answered(request, response);
        return response;
    }

    public override FrameBuffer Write(object response, RequestContext context)
    {
        var buffer = new FrameBuffer();
        Frame.WriteResponse(buffer, Key, context.Version, context.Header.CorrelationId, (TResponse)response);
        context.AnswerMade(buffer.Length);
        return buffer;
    }

    private async ValueTask<FrameBuffer?> AnswerAsync(TRequest request, RequestContext context, long began)
    {
        // What a handler does after a wait is little beside what it does before, and the wait is no work.
        var answering = handler(request, context);
        var work = context.WorkSince(began);
        var response = await answering.ConfigureAwait(false);
        context.Activity?.Answered(request, response);
        if (response is null)
            return null;

        context.EndWork(work, response);
        return Write(response, context);
    }
}
