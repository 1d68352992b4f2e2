namespace MassTransit.LogTransport.Transactions;

/// <summary>
/// One record from being delivered to being committed. It is its delivery's until that is over, then the transactions'; they may hand it back to be delivered again.
/// </summary>
internal sealed class UncommittedRecord(long offset)
{
    private readonly List<RefusedOutput> _refused = [];
    private RecordOutputs? _attempt;

    public long Offset { get; } = offset;

    /// <summary>What is to be written for it; null while it is not handled.</summary>
    public IReadOnlyList<RecordOutput>? Outputs { get; private set; }

    /// <summary>The broker did not take what it had sent, so it is handled again.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>Delivers it again.</summary>
    public Action DeliverAgain { get; set; } = () => { };

    /// <summary>For the next attempt to deliver it; what an earlier one has sent is dropped.</summary>
    public RecordOutputs Begin()
    {
        _attempt?.Close();
        return _attempt = new RecordOutputs([.. _refused]);
    }

    /// <summary>Not even its failure could be written: perhaps the broker takes next time what it has refused.</summary>
    public void ForgetRefusals() => _refused.Clear();

    public void Handled() => Outputs = _attempt?.Close() ?? [];

    public void Refuse(IEnumerable<RefusedOutput> refused)
    {
        // A topic that is gone is made again by whoever sends to it next, unless that did not help.
        _refused.AddRange(refused.Where(x => WasRefused || !x.IsMissingTopic));
        Outputs = null;
        WasRefused = true;
    }
}
