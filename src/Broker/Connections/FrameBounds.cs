namespace Broker.Connections;

/// <summary>How short and how long a frame may be, in bytes after the length prefix.</summary>
internal readonly record struct FrameBounds(int Min, int Max);
