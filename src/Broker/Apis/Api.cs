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

    /// <summary>Whether everything about a request serves for another one: nobody may keep its context once its answer has left.</summary>
    public virtual bool Reuses => false;

    /// <summary>Reads the body, runs the handler, writes the answer.</summary>
    /// <returns>The whole frame to send, awaited once and released by the caller; null for none.</returns>
    /// <exception cref="MalformedFrameException">The body is not what key and version say. The handler did not run.</exception>
    public abstract ValueTask<FrameBuffer?> AnswerAsync(ref ProtocolReader reader, RequestContext context);

    /// <summary>The frame of an answer that was not made by the handler.</summary>
    /// <exception cref="InvalidCastException">It is another API's answer.</exception>
    public abstract FrameBuffer Write(object response, RequestContext context);

    public static Api Row<TRequest, TResponse>(
        short min, short max, ApiHandler<TRequest, TResponse> handler, bool overlaps = false)
        where TRequest : IRequest<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new HandledApi<TRequest, TResponse>(handler)
        {
            Key = TRequest.ApiKey,
            Versions = new ApiVersionRange(min, max),
            Overlaps = overlaps,
        };

    /// <summary>A row whose requests are answered by exchanges, and so overlap.</summary>
    public static Api Row<TRequest, TResponse>(
        short min, short max, Func<Exchange<TRequest, TResponse>> exchange, short? announcedMin = null)
        where TRequest : class, IRequest<TRequest>, IReusedMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, IReused, new() =>
        new ExchangeApi<TRequest, TResponse>(exchange)
        {
            Key = TRequest.ApiKey,
            Versions = new ApiVersionRange(min, max),
            AnnouncedMin = announcedMin,
            Overlaps = true,
        };
}

/// <summary>A row by the types of its messages.</summary>
internal abstract class Api<TRequest, TResponse> : Api
    where TRequest : IRequest<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>Answers a request that did not come by a connection. The answer is the caller's.</summary>
    public abstract ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context);

    public override FrameBuffer Write(object response, RequestContext context) => Write((TResponse)response, context);

    protected FrameBuffer Write(TResponse response, RequestContext context)
    {
        var buffer = AnswerFrames.Take();
        Frame.WriteResponse(buffer, Key, context.Version, context.Header.CorrelationId, response);
        context.AnswerMade(buffer.Length);
        return buffer;
    }

    protected MalformedFrameException Malformed(short version) => new($"The body of {Key} v{version} does not follow its format.");
}

/// <summary>A row whose requests, answers and waits are new objects each time.</summary>
internal sealed class HandledApi<TRequest, TResponse>(ApiHandler<TRequest, TResponse> handler) : Api<TRequest, TResponse>
    where TRequest : IRequest<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override ValueTask<FrameBuffer?> AnswerAsync(ref ProtocolReader reader, RequestContext context)
    {
        var began = context.BeginWork(reader.Length);
        var request = TRequest.Read(ref reader, context.Version);
        if (reader.Failed)
            throw Malformed(context.Version);
        return AnswerAsync(request, context, reader.Footprint, began);
    }

    public override async ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context)
    {
        var response = await handler(request, context).ConfigureAwait(false);
        context.Activity?.Answered(request, response);
        return response;
    }

    private async ValueTask<FrameBuffer?> AnswerAsync(TRequest request, RequestContext context, long footprint, long began)
    {
        // What a handler does after a wait is little beside what it does before, and the wait is no work.
        var answering = handler(request, context);
        var work = context.WorkSince(began);
        if (!answering.IsCompleted)
            context.Hold(footprint);
        var response = await answering.ConfigureAwait(false);
        context.Activity?.Answered(request, response);
        if (response is null)
            return null;

        context.EndWork(work, response);
        return Write(response, context);
    }
}
