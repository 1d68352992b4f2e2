using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>
/// GET of what comes, as server-sent events (<see cref="TailStream"/>). A browser that reconnects with Last-Event-ID goes on behind
/// the last event it got.
/// </summary>
internal sealed class TailApi
{
    /// <summary>Streams at once; a further one is refused.</summary>
    public const int MaxStreams = 100;

    /// <summary>The header by which a browser says where to go on.</summary>
    public const string LastEventId = "Last-Event-ID";

    private int _streams;

    public async Task TailAsync(HttpContext context, BrokerServer broker)
    {
        if (Interlocked.Increment(ref _streams) > MaxStreams)
        {
            Interlocked.Decrement(ref _streams);
            throw new RestProblemException(StatusCodes.Status503ServiceUnavailable, $"{MaxStreams} streams are open; that is all there can be.");
        }

        try
        {
            var format = RecordWriter.FormatOf(context);
            var committedOnly = context.Flag("committed", otherwise: true);
            var last = context.Request.Headers[LastEventId] is { Count: > 0 } id ? id.ToString() : context.Text("cursor");
            var plan = await ReadPlan.FromAsync(context, broker, last, OffsetPlace.Latest).ConfigureAwait(false);
            await new TailStream(context, broker, plan, format, committedOnly, followsNew: context.Text("partition") is null).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }
}
