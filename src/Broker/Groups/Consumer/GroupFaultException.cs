using Broker.Protocol;

namespace Broker.Groups.Consumer;

/// <summary>Why a request to a group of the consumer protocol was refused: the code for the client and a sentence for its user. Nothing was changed.</summary>
internal sealed class GroupFaultException(ErrorCode code, string message) : Exception(message)
{
    public ErrorCode Code { get; } = code;
}
