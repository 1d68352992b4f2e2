using System.Net;
using Broker.Protocol;

namespace Broker.Testing;

/// <summary>A request as it came, for rules of a <see cref="RequestControl"/>. A copy: it may be kept. Immutable.</summary>
public sealed class ControlledRequest
{
    private readonly RequestHeader _header;
    private readonly byte[] _frame;

    internal ControlledRequest(RequestHeader header, byte[] frame, IPAddress clientAddress)
    {
        _header = header;
        _frame = frame;
        ClientAddress = clientAddress;
    }

    /// <summary>What the client asks.</summary>
    public ApiKey ApiKey => _header.ApiKey;

    /// <summary>In which version.</summary>
    public short ApiVersion => _header.ApiVersion;

    /// <summary>The client's number for this request, unique on its connection.</summary>
    public int CorrelationId => _header.CorrelationId;

    /// <summary><c>client.id</c>; null when the client has none.</summary>
    public string? ClientId => _header.ClientId;

    /// <summary>Where the client connects from.</summary>
    public IPAddress ClientAddress { get; }

    /// <summary>The request's body. Records in it are whole batches, as sent.</summary>
    /// <typeparam name="TRequest">From <c>Broker.Protocol.Messages</c>, of this request's API.</typeparam>
    /// <exception cref="InvalidOperationException">The request is another API's.</exception>
    /// <exception cref="InvalidDataException">The body does not follow its format.</exception>
    public TRequest Read<TRequest>()
        where TRequest : IRequest<TRequest>
    {
        if (TRequest.ApiKey != ApiKey)
            throw new InvalidOperationException($"This is a request of {ApiKey}, not of {TRequest.ApiKey}.");

        var reader = new ProtocolReader(_frame);
        RequestHeader.Read(ref reader);
        var request = TRequest.Read(ref reader, ApiVersion);
        return reader.Failed ? throw new InvalidDataException($"The body of {ApiKey} v{ApiVersion} does not follow its format.") : request;
    }

    /// <summary>As <c>Produce v12 from rdkafka</c>.</summary>
    public override string ToString() => $"{ApiKey} v{ApiVersion} from {ClientId}";
}
