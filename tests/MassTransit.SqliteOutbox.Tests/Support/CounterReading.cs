using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Sums one instrument of the library's meter, of one application only.</summary>
public sealed class CounterReading : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<(long Value, TaskCompletionSource Reached)> _waiters = [];
    private readonly List<long> _measurements = [];
    private long _value;

    public CounterReading(LedgerApp app, string instrument)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Name == SqliteOutboxMetrics.MeterName && published.Meter.Scope == meters && published.Name == instrument)
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, measurement, _, _) =>
        {
            lock (_lock)
            {
                _value += measurement;
                _measurements.Add(measurement);
                foreach (var (value, reached) in _waiters)
                {
                    if (_value >= value)
                        reached.TrySetResult();
                }
            }
        });
        _listener.Start();
    }

    public long Value => Interlocked.Read(ref _value);

    public List<long> Measurements
    {
        get
        {
            lock (_lock)
                return [.. _measurements];
        }
    }

    public Task Reaches(long value)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_value >= value)
                return Task.CompletedTask;

            _waiters.Add((value, reached));
        }

        return reached.Task.WaitAsync(Wire.Deadline);
    }

    public void Dispose() => _listener.Dispose();
}
