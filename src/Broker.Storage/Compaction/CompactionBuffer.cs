namespace Broker.Storage.Compaction;

/// <summary>Bounds of the map from key to newest offset that a compaction builds.</summary>
/// <param name="MaxBytes"><c>log.cleaner.dedupe.buffer.size</c>: most bytes it may take; 24 a key. It is taken as needed and given back.</param>
/// <param name="LoadFactor"><c>log.cleaner.io.buffer.load.factor</c>: how full it may become, above 0 and below 1.</param>
public readonly record struct CompactionBuffer(long MaxBytes, double LoadFactor);
