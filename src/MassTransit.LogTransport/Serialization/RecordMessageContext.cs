using System.Globalization;
using MassTransit.Metadata;

namespace MassTransit.LogTransport.Serialization;

/// <summary>The envelope of a message as its record's headers tell it. What is missing or not readable is null.</summary>
/// <param name="headers">Of the record.</param>
/// <param name="inputAddress">The endpoint that reads it, which a record that names no destination was for.</param>
internal sealed class RecordMessageContext(Headers headers, Uri? inputAddress) :
    MessageContext
{
    public Guid? MessageId => Id(RecordHeaderNames.MessageId);
    public Guid? RequestId => Id(RecordHeaderNames.RequestId);
    public Guid? CorrelationId => Id(RecordHeaderNames.CorrelationId);
    public Guid? ConversationId => Id(RecordHeaderNames.ConversationId);
    public Guid? InitiatorId => Id(RecordHeaderNames.InitiatorId);
    public DateTime? ExpirationTime => Time(RecordHeaderNames.Expires);
    public Uri? SourceAddress => Address(RecordHeaderNames.SourceAddress);
    public Uri? DestinationAddress => Address(RecordHeaderNames.DestinationAddress) ?? inputAddress;
    public Uri? ResponseAddress => Address(RecordHeaderNames.ResponseAddress);
    public Uri? FaultAddress => Address(RecordHeaderNames.FaultAddress);
    public DateTime? SentTime => Time(RecordHeaderNames.ProducedAt) ?? headers.Get<DateTime>(MessageHeaders.TransportSentTime);
    public Headers Headers { get; } = new ApplicationHeaders(headers);
    public HostInfo Host => headers.Get<HostInfo>(MessageHeaders.Host.Info) ?? HostMetadataCache.Empty;

    private string? Text(string name) => headers.TryGetHeader(name, out var value) ? value as string : null;

    private Guid? Id(string name) => Guid.TryParse(Text(name), out var id) ? id : null;

    private Uri? Address(string name) => Uri.TryCreate(Text(name), UriKind.Absolute, out var address) ? address : null;

    private DateTime? Time(string name)
    {
        return DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
    }
}
