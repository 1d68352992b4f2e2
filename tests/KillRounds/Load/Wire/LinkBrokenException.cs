namespace KillRounds.Load.Wire;

/// <summary>The connection broke, or was given up, before the answer came.</summary>
internal sealed class LinkBrokenException(Exception cause) : Exception("There was no answer.", cause);
