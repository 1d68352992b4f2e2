namespace Broker.Records;

/// <summary>One header of a record. The key is never null; the value may be.</summary>
public readonly record struct RecordHeader(string Key, byte[]? Value);
