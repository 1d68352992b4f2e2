using Broker.Protocol;

namespace Broker.InProcess;

/// <summary>The broker refused a request. Nothing was changed, unless the method says otherwise.</summary>
public sealed class BrokerRequestException : Exception
{
    /// <summary>With the broker's own words, or the code's name when it has none.</summary>
    public BrokerRequestException(ErrorCode error, string? message = null)
        : base(string.IsNullOrEmpty(message) ? $"{error}." : message) => Error = error;

    /// <summary>Kafka's code for the reason.</summary>
    public ErrorCode Error { get; }

    internal static void ThrowIfError(ErrorCode error, string? message = null)
    {
        if (error != ErrorCode.None)
            throw new BrokerRequestException(error, message);
    }
}
