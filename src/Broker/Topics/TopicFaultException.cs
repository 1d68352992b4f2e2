using Broker.Protocol;

namespace Broker.Topics;

/// <summary>Why a change of topics was refused: the code for the client and a sentence for its user. Nothing was changed.</summary>
internal sealed class TopicFaultException(ErrorCode code, string message) : Exception(message)
{
    public ErrorCode Code { get; } = code;
}
