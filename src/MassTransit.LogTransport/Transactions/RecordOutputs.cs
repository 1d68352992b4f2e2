using Confluent.Kafka;

namespace MassTransit.LogTransport.Transactions;

/// <summary>
/// What one delivery of a record has sent, kept until it is written in the transaction that moves the record's offset. What the broker refused after an earlier delivery fails here, where
/// whoever sends it can deal with that. Safe for any thread.
/// </summary>
internal sealed class RecordOutputs(IReadOnlyCollection<RefusedOutput> refused)
{
    private readonly Lock _gate = new();
    private readonly List<RecordOutput> _outputs = [];
    private bool _isClosed;

    /// <summary>False when the delivery is over, and with it the chance to be in its transaction.</summary>
    /// <exception cref="KafkaException">The broker has refused the like.</exception>
    public bool TryAdd(string topic, Message<byte[]?, byte[]?> record)
    {
        var output = new RecordOutput(topic, record);

        if (refused.FirstOrDefault(x => x.IsLike(output)) is { } like)
            throw new KafkaException(like.Error);

        lock (_gate)
        {
            if (!_isClosed)
                _outputs.Add(output);

            return !_isClosed;
        }
    }

    public IReadOnlyList<RecordOutput> Close()
    {
        lock (_gate)
            _isClosed = true;

        return _outputs;
    }
}

internal sealed record RecordOutput(string Topic, Message<byte[]?, byte[]?> Record)
{
    public int Size => (Record.Key?.Length ?? 0) + (Record.Value?.Length ?? 0);
}

/// <summary>What a broker does not take: records of this size and more, or, when it was not their size, all records of the topic.</summary>
internal sealed record RefusedOutput(RecordOutput Output, Error Error)
{
    public bool IsMissingTopic => Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic;

    public bool IsLike(RecordOutput output)
    {
        return output.Topic == Output.Topic && (Error.Code is not (ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge) || output.Size >= Output.Size);
    }
}
