using System.Diagnostics.Metrics;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>Sums the instruments of the transport's meter that tell of one endpoint or topic, by name and another tag's value, while it lives.</summary>
public sealed class CounterReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string Instrument, object? Tag), long> _sums = [];
    private readonly string _subject;
    private readonly Lock _gate = new();

    public CounterReadings(string subject)
    {
        _subject = subject;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "MassTransit.LogTransport")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags.ToArray()));
        _listener.Start();
    }

    public long this[string instrument, string? tag = null]
    {
        get
        {
            lock (_gate)
                return _sums.GetValueOrDefault((instrument, tag));
        }
    }

    public void ReadGauges() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(string instrument, long value, KeyValuePair<string, object?>[] tags)
    {
        if (!tags.Any(x => x.Key is "endpoint" or "topic" && Equals(x.Value, _subject)))
            return;

        lock (_gate)
        {
            foreach (var tag in tags.Select(x => x.Value).Append(null))
                _sums[(instrument, tag)] = _sums.GetValueOrDefault((instrument, tag)) + value;
        }
    }
}
