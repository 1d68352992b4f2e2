namespace Broker.Security.Tls;

/// <summary>A handshake that failed. The message says why, for the log; the connection must be closed.</summary>
internal sealed class TlsRefusedException(string message, Exception? cause = null) : Exception(message, cause);
