using Broker.Protocol;
using Broker.Records;
using Broker.Storage;
using Broker.Topics;
using static Broker.Protocol.Messages.ProduceResponse;

namespace Broker.Apis;

/// <summary>Decides whether a client's batch may be stored, with Kafka's error code where not.</summary>
internal sealed class BatchGate(TimeProvider time)
{
    /// <summary>True when the batch may be appended; else the answer says why. May put the batch's own maximum timestamp right.</summary>
    public bool Admit(TopicConfig topic, Span<byte> batch, short version, PartitionProduceResponse answer, out RecordBatchHeader header)
    {
        header = default;
        if (batch.Length > topic.MaxMessageBytes && RecordBatchHeader.TryRead(batch, out var announced) && announced.SizeInBytes > topic.MaxMessageBytes)
            return Refuse(answer, ErrorCode.MessageTooLarge, $"The batch has {announced.SizeInBytes} bytes, the topic takes {topic.MaxMessageBytes}.");

        var fault = RecordBatch.Validate(batch, out header, out var contents);
        if (fault != BatchFault.None)
            return Refuse(answer, fault.ToErrorCode(), null);
        if (header.Compression == CompressionType.Zstd && version < 7)
            return Refuse(answer, ErrorCode.UnsupportedCompressionType, "zstd needs Produce v7 or later.");

        var rules = RecordRules.Of(topic, time);
        if (rules.AreBrokenBy(contents))
        {
            answer.RecordErrors = rules.Broken(batch, out var forTimestamp);
            return forTimestamp
                ? Refuse(answer, ErrorCode.InvalidTimestamp, "One or more records have been rejected due to invalid timestamp")
                : Refuse(answer, ErrorCode.InvalidRecord, "One or more records have been rejected.");
        }

        if (!topic.LogAppendTime && header.MaxTimestamp != contents.MaxTimestamp)
            RecordBatch.SetTimestamps(batch, TimestampType.CreateTime, contents.MaxTimestamp);
        return true;
    }

    /// <summary>Puts an admitted batch into the topic's own codec, where it has one; false when it is too large then.</summary>
    public static bool TryRecompress(TopicConfig topic, ref Memory<byte> batch, in RecordBatchHeader header, PartitionProduceResponse answer)
    {
        if (topic.Compression is not { } codec || codec == header.Compression)
            return true;
        batch = RecordBatchEditor.Recompress(batch.Span, codec);
        return batch.Length <= topic.MaxMessageBytes
            || Refuse(answer, ErrorCode.MessageTooLarge, $"The batch has {batch.Length} bytes in the topic's codec, the topic takes {topic.MaxMessageBytes}.");
    }

    private static bool Refuse(PartitionProduceResponse answer, ErrorCode code, string? message)
    {
        answer.ErrorCode = code;
        answer.ErrorMessage = message;
        return false;
    }
}

internal static class StorageErrorCodes
{
    public static ErrorCode ToErrorCode(this BatchFault fault) => fault switch
    {
        BatchFault.None => ErrorCode.None,
        BatchFault.Corrupt => ErrorCode.CorruptMessage,
        BatchFault.Invalid => ErrorCode.InvalidRecord,
        BatchFault.InvalidTimestamp => ErrorCode.InvalidTimestamp,
        BatchFault.TooLarge => ErrorCode.MessageTooLarge,
        _ => ErrorCode.UnknownServerError,
    };

    public static ErrorCode ToErrorCode(this AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.Appended or AppendOutcome.Duplicate => ErrorCode.None,
        AppendOutcome.OutOfOrderSequence => ErrorCode.OutOfOrderSequenceNumber,
        AppendOutcome.InvalidProducerEpoch => ErrorCode.InvalidProducerEpoch,
        AppendOutcome.InvalidTxnState => ErrorCode.InvalidTxnState,
        AppendOutcome.TransactionCoordinatorFenced => ErrorCode.TransactionCoordinatorFenced,
        _ => ErrorCode.UnknownServerError,
    };
}
