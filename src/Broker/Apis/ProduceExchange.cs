using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Topics;
using static Broker.Protocol.Messages.ProduceResponse;

namespace Broker.Apis;

/// <summary>One Produce request: appended when it starts, ready when all its partitions are as durable as was asked.</summary>
internal sealed class ProduceExchange(ProduceHandler handler) : Exchange<ProduceRequest, ProduceResponse>(continuesElsewhere: true)
{
    private readonly List<PartitionFlush> _flushes = [];
    private int _flushCount;
    private int _pending;
    private Exception? _defect;

    /// <summary>What keeps the transaction from being on disk.</summary>
    public ErrorCode Joined { get; private set; }

    public override int Weight => base.Weight + _flushes.Count;

    /// <summary>The flushes that this request has waited for.</summary>
    public ReadOnlySpan<PartitionFlush> Flushes => CollectionsMarshal.AsSpan(_flushes)[.._flushCount];

    /// <summary>Waits for what was appended to a partition.</summary>
    /// <param name="partition">Where.</param>
    /// <param name="answer">What is told of it.</param>
    /// <param name="upToOffset">What must be on disk; null when the topic decides.</param>
    /// <exception cref="IOException">The partition is offline.</exception>
    public void AwaitFlush(Partition partition, PartitionProduceResponse answer, long? upToOffset)
    {
        if (_flushCount == _flushes.Count)
            _flushes.Add(new PartitionFlush(this));
        var flush = _flushes[_flushCount];
        flush.Begin(partition, answer);
        Interlocked.Increment(ref _pending);
        var waits = false;
        try
        {
            waits = upToOffset is { } offset ? partition.Flush(offset, flush) : partition.FlushIfDue(flush);
        }
        finally
        {
            if (waits)
                _flushCount++;
            else
                Interlocked.Decrement(ref _pending);
        }
    }

    public override void Reset()
    {
        foreach (var flush in Flushes)
            flush.Reset();
        (_flushCount, Joined, _defect) = (0, ErrorCode.None, null);
        base.Reset();
    }

    protected override void Start()
    {
        // One for this thread, so that nobody else finds the last one done while there are more to come.
        _pending = 1;
        var joining = handler.AppendAll(this);
        if (!joining.IsCompletedSuccessfully)
            _ = JoinAsync(joining);
    }

    protected override bool IsReady()
    {
        if (Volatile.Read(ref _pending) > 1)
            Context.Hold(Footprint);
        return Interlocked.Decrement(ref _pending) == 0;
    }

    protected override ProduceResponse? End()
    {
        if (_defect is { } defect)
            ExceptionDispatchInfo.Throw(defect);
        return handler.Answer(this);
    }

    /// <summary>Nothing is held but memory, and flushes may still be counted off.</summary>
    protected override void Abandon()
    {
    }

    /// <summary>The transaction has grown by this request: no answer before that is on disk. Throws nothing, and its end is waited for as a flush's.</summary>
    private async Task JoinAsync(Task joining)
    {
        Interlocked.Increment(ref _pending);
        try
        {
            Joined = await handler.OnDiskAsync(Request.TransactionalId!, joining).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Goes to who awaits the answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _defect = e;
        }

        Done();
    }

    private void Done()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
            Ready();
    }

    /// <summary>One partition of the request on its way to the disk.</summary>
    internal sealed class PartitionFlush(ProduceExchange exchange) : FlushWait
    {
        public Partition Partition { get; private set; } = null!;

        public PartitionProduceResponse Answer { get; private set; } = null!;

        /// <summary>Why the records are not known to be on disk.</summary>
        public Exception? Failure { get; private set; }

        public void Begin(Partition partition, PartitionProduceResponse answer) => (Partition, Answer, Failure) = (partition, answer, null);

        public void Reset() => (Partition, Answer, Failure) = (null!, null!, null);

        protected override void Flushed(Exception? failure)
        {
            Failure = failure;
            exchange.Done();
        }
    }
}
