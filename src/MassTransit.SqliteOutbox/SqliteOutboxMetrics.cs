using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MassTransit.SqliteOutbox;

/// <summary>The instruments of this library, on the meter <c>MassTransit.SqliteOutbox</c>.</summary>
internal sealed class SqliteOutboxMetrics
{
    public const string MeterName = "MassTransit.SqliteOutbox";

    private readonly Counter<long> _duplicates;
    private readonly UpDownCounter<long> _inLine;
    private readonly Histogram<long> _transactionSize;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _failures;
    private readonly ConcurrentDictionary<string, long> _waiting = new(StringComparer.Ordinal);

    public SqliteOutboxMetrics(IMeterFactory? meters = null)
    {
        Meter meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _duplicates = meter.CreateCounter<long>("inbox.duplicates", "{message}", "Deliveries suppressed because the consumer had handled that message id");
        _inLine = meter.CreateUpDownCounter<long>("inbox.waiting", "{message}", "Deliveries that wait for their turn in a shared transaction");
        _transactionSize = meter.CreateHistogram<long>("inbox.transaction.size", "{message}", "Deliveries that one shared transaction committed");
        _delivered = meter.CreateCounter<long>("outbox.delivered", "{message}", "Outbox rows acknowledged by the transport");
        _failures = meter.CreateCounter<long>("outbox.failures", "{attempt}", "Attempts to send an outbox row that failed");
        meter.CreateObservableGauge("outbox.waiting", Waiting, "{message}", "Outbox rows due and not yet acknowledged, as of the relay's last look");
    }

    public void DuplicateSuppressed(string consumer) => _duplicates.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public void EntersLine(string database) => _inLine.Add(1, new KeyValuePair<string, object?>("database", database));

    public void LeavesLine(string database) => _inLine.Add(-1, new KeyValuePair<string, object?>("database", database));

    public void Committed(string database, int messages) => _transactionSize.Record(messages, new KeyValuePair<string, object?>("database", database));

    public void Delivered(string database, int messages) => _delivered.Add(messages, new KeyValuePair<string, object?>("database", database));

    public void Failed(string database) => _failures.Add(1, new KeyValuePair<string, object?>("database", database));

    public void SetWaiting(string database, long messages) => _waiting[database] = messages;

    private IEnumerable<Measurement<long>> Waiting() =>
        _waiting.Select(entry => new Measurement<long>(entry.Value, new KeyValuePair<string, object?>("database", entry.Key)));
}
