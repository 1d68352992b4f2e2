namespace Benchmarks;

/// <summary>A run that lost, doubled or reordered a record: it has no figure, whatever it was about.</summary>
internal sealed class VoidRunException(string what) : Exception(what);
