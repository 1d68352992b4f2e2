using System.Globalization;
using System.Text;
using Confluent.Kafka;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Receiving;
using MassTransit.LogTransport.Sending;

namespace MassTransit.LogTransport.Failures;

/// <summary>Copies a record as it is, key and headers included, to another topic, and says why. Done when the broker has acknowledged the copy, or when it is left to the record's transaction.</summary>
internal sealed class RecordMove(LogHostConfiguration hostConfiguration, LogReceiveEndpointContext context)
{
    public Task Move(ReceiveContext receiveContext, string topic, IEnumerable<KeyValuePair<string, object?>> reasons)
    {
        if (!receiveContext.TryGetPayload<LogReceiveContext>(out var received))
            throw new TransportException(receiveContext.InputAddress, "Not a record of this transport.");

        received.MoveWasTried = true;

        var added = reasons.Concat(Origin(received))
            .Select(x => (Name: x.Key, Text: RecordHeaderWriter.Text(x.Value)))
            .Where(x => x.Text != null)
            .ToDictionary(x => x.Name, x => x.Text!, StringComparer.OrdinalIgnoreCase);

        var headers = new Confluent.Kafka.Headers();

        // A record that fails again after a replay tells of its last failure.
        foreach (var header in received.Record.Headers ?? [])
        {
            if (!added.ContainsKey(header.Key))
                headers.Add(header);
        }

        foreach (var (name, text) in added)
            headers.Add(name, Encoding.UTF8.GetBytes(text));

        var copy = new Message<byte[]?, byte[]?> { Key = received.Record.Key, Value = received.Record.Value, Headers = headers };

        return hostConfiguration.Connection.Producer.Produce(hostConfiguration.Settings.TopicPrefix + topic, copy, received.Outputs, CancellationToken.None);
    }

    private IEnumerable<KeyValuePair<string, object?>> Origin(LogReceiveContext received)
    {
        yield return new("dlq-origin", $"{received.Topic}/{received.Partition}/{received.Offset}");
        yield return new("dlq-group", context.Settings.HasGroup ? context.Group : null);
        yield return new("dlq-failed-at", TimeProvider.System.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }
}
