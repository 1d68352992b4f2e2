namespace Broker.Host.Configuration;

/// <summary>What the user asked for cannot be understood. The message is for the user; nothing was started.</summary>
internal sealed class RefusedConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
