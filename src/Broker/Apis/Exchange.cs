using System.Threading.Tasks.Sources;
using Broker.Connections;
using Broker.Protocol;
using Broker.Quotas;

namespace Broker.Apis;

/// <summary>
/// One request of the data path with its answer and its wait, in objects that serve one request after another: a broker in its stride
/// allocates nothing for it. Worked on by one thread at a time: first by the one that received the request, in <see cref="Start"/> and
/// <see cref="IsReady"/>; then, where that was not enough, by whoever calls <see cref="Ready"/>, once; at last by the one that
/// awaits the answer, also once. With that it is over, see <see cref="ExchangeApi{TRequest, TResponse}"/>.
/// </summary>
/// <param name="continuesElsewhere">Whether who calls <see cref="Ready"/> must not be held up by what the answer sets off.</param>
internal abstract class Exchange<TRequest, TResponse>(bool continuesElsewhere) : IValueTaskSource<FrameBuffer?>, IValueTaskSource
    where TRequest : class, IRequest<TRequest>, IReusedMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, IReused, new()
{
    private ManualResetValueTaskSourceCore<bool> _ready = new() { RunContinuationsAsynchronously = continuesElsewhere };
    private ExchangeApi<TRequest, TResponse>? _row;
    private TimeSpan _work;

    public TRequest Request { get; private set; } = new();

    public TResponse Response { get; } = new();

    /// <summary>Of the request that is being answered.</summary>
    public RequestContext Context { get; private set; } = null!;

    /// <summary>Objects that it keeps for the next request.</summary>
    public virtual int Weight => Request.Weight + Response.Weight;

    /// <summary>About how many bytes the request holds.</summary>
    protected long Footprint { get; private set; }

    /// <summary>Answers the request that was read into <see cref="Request"/>. The frame is made when it is awaited.</summary>
    public ValueTask<FrameBuffer?> BeginAsync(ExchangeApi<TRequest, TResponse> row, RequestContext context, long footprint, long began)
    {
        (_row, Context, Footprint) = (row, context, footprint);
        try
        {
            Start();
            _work = context.WorkSince(began);
            return IsReady() ? new(Finish()) : new(this, _ready.Version);
        }
#pragma warning disable CA1031 // As from any handler, it goes to who awaits the answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Abandon();
            return ValueTask.FromException<FrameBuffer?>(e);
        }
    }

    /// <summary>Answers a request of this process. Request, answer and exchange are used for nothing else.</summary>
    public async ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context)
    {
        (Request, Context) = (request, context);
        try
        {
            Start();
            if (!IsReady())
                await new ValueTask(this, _ready.Version).ConfigureAwait(false);
            var response = End();
            context.Activity?.Answered(request, response);
            return response;
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    /// <summary>As new, but for what is kept.</summary>
    public virtual void Reset()
    {
        Request.Reset();
        Response.Reset();
        _ready.Reset();
        (_row, Context, Footprint) = (null, null!, 0);
    }

    FrameBuffer? IValueTaskSource<FrameBuffer?>.GetResult(short token)
    {
        try
        {
            _ready.GetResult(token);
            return Finish();
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    void IValueTaskSource.GetResult(short token) => _ready.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _ready.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ready.OnCompleted(continuation, state, token, flags);

    /// <summary>Does what a later request could observe.</summary>
    protected abstract void Start();

    /// <summary>Whether the answer is there; if not, <see cref="Ready"/> will be called, maybe before this returns.</summary>
    protected abstract bool IsReady();

    /// <summary>The answer; null when the client expects none.</summary>
    protected abstract TResponse? End();

    /// <summary>Lets go of what the answer would have taken along. The exchange is not used again.</summary>
    protected abstract void Abandon();

    /// <summary>The answer is there. The last use of the exchange by who calls it.</summary>
    protected void Ready() => _ready.SetResult(true);

    /// <summary>As <see cref="Ready"/>, but there is none.</summary>
    protected void Failed(Exception defect) => _ready.SetException(defect);

    private FrameBuffer? Finish()
    {
        var response = End();
        Context.Activity?.Answered(Request, response);
        return _row!.Finish(this, response, _work);
    }
}
