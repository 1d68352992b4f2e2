using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Broker.Topics;

namespace Broker.Apis;

/// <summary>
/// One Fetch request: read at once, and again whenever its partitions have more, until it is enough or its time is over. Between two
/// reads it holds no file.
/// </summary>
internal sealed class FetchExchange : Exchange<FetchRequest, FetchResponse>, IThreadPoolWorkItem
{
    private readonly FetchHandler _handler;
    private readonly FetchWait _wait;
    private bool _isEnough;

    public FetchExchange(FetchHandler handler, TimeProvider time)
        : base(continuesElsewhere: false)
    {
        _handler = handler;
        _wait = new FetchWait(time, this);
        Attempt = new FetchAttempt(Response);
    }

    public FetchAttempt Attempt { get; }

    public override int Weight => base.Weight + Attempt.Weight + _wait.Weight;

    public override void Reset()
    {
        Attempt.Sent();
        base.Reset();
    }

    /// <summary>A parked poll goes on.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            if (!TryRead())
                return;
        }
#pragma warning disable CA1031 // Goes to who awaits the answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
            return;
        }

        Ready();
    }

    protected override void Start() => _isEnough = _handler.Read(this);

    protected override bool IsReady()
    {
        if (_isEnough || Request.MaxWaitMs <= 0 || !Context.TryHoldPoll(Footprint))
            return true;

        Attempt.Release();
        _handler.Watch(Request, Context, _wait);
        _wait.Begin(FetchHandler.MaxWait(Request), Context.Aborted);
        return TryRead();
    }

    protected override FetchResponse? End()
    {
        _wait.Stop();
        if (Response.ErrorCode == ErrorCode.None)
            Context.Limit(Response);
        return Response;
    }

    protected override void Abandon()
    {
        _wait.Stop();
        Attempt.Release();
    }

    /// <summary>False when the poll is parked: from then on it belongs to who wakes it.</summary>
    private bool TryRead()
    {
        while (true)
        {
            var isOver = _wait.IsOver;
            if (_handler.Read(this) || isOver)
                return true;

            Attempt.Release();
            if (_wait.TryPark())
                return false;
        }
    }
}
