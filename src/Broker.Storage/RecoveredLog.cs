using Broker.Storage.Compaction;

namespace Broker.Storage;

/// <param name="Segments">Oldest first; the last is <paramref name="Active"/>.</param>
/// <param name="Active">The segment that takes appends.</param>
/// <param name="Offsets">All that is there is on disk.</param>
/// <param name="Checkpoint">Open, and owned by the log from now on.</param>
/// <param name="Compaction">As the checkpoint has it.</param>
/// <param name="Producers">As after the last batch.</param>
/// <param name="Epochs">As after the last batch.</param>
internal sealed record RecoveredLog(
    Segment[] Segments,
    ActiveSegment Active,
    LogOffsets Offsets,
    LogCheckpoint Checkpoint,
    CompactionProgress Compaction,
    ProducerStates Producers,
    LeaderEpochs Epochs);
