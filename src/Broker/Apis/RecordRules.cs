using System.Globalization;
using Broker.Records;
using Broker.Topics;
using static Broker.Protocol.Messages.ProduceResponse;

namespace Broker.Apis;

/// <summary>What a topic asks of each record: a key where it is compacted, a timestamp not too far from the clock where it keeps the producer's.</summary>
internal readonly record struct RecordRules(bool NeedsKey, bool BoundsTimestamp, long NowMs, long BeforeMaxMs, long AfterMaxMs)
{
    public static RecordRules Of(TopicConfig topic, TimeProvider time) =>
        new(topic.IsCompacted, !topic.LogAppendTime, time.GetUtcNow().ToUnixTimeMilliseconds(), topic.TimestampBeforeMaxMs, topic.TimestampAfterMaxMs);

    /// <summary>Whether some record breaks a rule, from what the batch as a whole says.</summary>
    public bool AreBrokenBy(in BatchContents contents) =>
        (NeedsKey && contents.FirstIndexWithoutKey >= 0)
        || (BoundsTimestamp && ((contents.MinTimestamp != long.MaxValue && IsOutOfRange(contents.MinTimestamp)) || IsOutOfRange(contents.MaxTimestamp)));

    /// <summary>Which records do, in order, and whether one of them for its timestamp.</summary>
    public List<BatchIndexAndErrorMessage> Broken(ReadOnlySpan<byte> batch, out bool forTimestamp)
    {
        var broken = new List<BatchIndexAndErrorMessage>();
        forTimestamp = false;
        using var reader = new RecordReader(batch);
        for (var index = 0; reader.Read(out var record); index++)
        {
            if (NeedsKey && !record.HasKey)
            {
                broken.Add(new BatchIndexAndErrorMessage { BatchIndex = index, BatchIndexErrorMessage = "Compacted topic cannot accept message without key." });
            }
            else if (BoundsTimestamp && IsOutOfRange(record.Timestamp))
            {
                forTimestamp = true;
                broken.Add(new BatchIndexAndErrorMessage { BatchIndex = index, BatchIndexErrorMessage = Explain(record.Timestamp) });
            }
        }

        return broken;
    }

    private bool IsOutOfRange(long timestamp) =>
        timestamp != RecordBatchHeader.NoTimestamp && (NowMs - timestamp > BeforeMaxMs || timestamp - NowMs > AfterMaxMs);

    private string Explain(long timestamp) => string.Create(
        CultureInfo.InvariantCulture,
        $"Timestamp {timestamp} is out of range. The timestamp should be within [{NowMs - BeforeMaxMs}, {NowMs + Math.Min(AfterMaxMs, long.MaxValue - NowMs)}].");
}
