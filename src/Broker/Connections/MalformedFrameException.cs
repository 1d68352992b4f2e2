namespace Broker.Connections;

/// <summary>Bytes that are not a Kafka request. Nothing of the frame was acted on; its connection must be closed.</summary>
internal sealed class MalformedFrameException(string message) : Exception(message);
