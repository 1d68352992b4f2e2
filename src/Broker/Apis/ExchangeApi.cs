using Broker.Connections;
using Broker.Protocol;
using Broker.Quotas;

namespace Broker.Apis;

/// <summary>
/// A row whose requests are answered by objects that were used before. It alone hands out its exchanges and takes them back, in one
/// place each: an exchange belongs to one request from <see cref="AnswerAsync"/> until its frame is made. One that failed, and one
/// that a large request has blown up, does not come back.
/// </summary>
internal sealed class ExchangeApi<TRequest, TResponse>(Func<Exchange<TRequest, TResponse>> make) : Api<TRequest, TResponse>
    where TRequest : class, IRequest<TRequest>, IReusedMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, IReused, new()
{
    /// <summary>Objects that all exchanges kept may consist of: some 12 MiB.</summary>
    private const int MaxKept = 128 * 1024;

    /// <summary>Objects of one: a fetch of 2,000 partitions, with its answer.</summary>
    private const int MaxWeight = 4 * 1024;

    private readonly Pool<Exchange<TRequest, TResponse>> _free = new(MaxKept);

    public override bool Reuses => true;

    public override ValueTask<FrameBuffer?> AnswerAsync(ref ProtocolReader reader, RequestContext context)
    {
        var exchange = _free.TryTake() ?? make();
        var began = context.BeginWork(reader.Length);
        exchange.Request.ReadAgain(ref reader, context.Version);
        if (reader.Failed)
            throw Malformed(context.Version);
        return exchange.BeginAsync(this, context, reader.Footprint, began);
    }

    public override ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context) => make().HandleAsync(request, context);

    /// <summary>The frame of an exchange that has answered, which ends it.</summary>
    public FrameBuffer? Finish(Exchange<TRequest, TResponse> exchange, TResponse? response, TimeSpan work)
    {
        var frame = (FrameBuffer?)null;
        if (response is not null)
        {
            exchange.Context.EndWork(work, response);
            frame = Write(response, exchange.Context);
        }

        exchange.Reset();
        var weight = exchange.Weight;
        if (weight <= MaxWeight)
            _free.Give(exchange, weight);
        return frame;
    }
}
