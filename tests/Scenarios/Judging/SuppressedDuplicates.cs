using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Scenarios.Judging;

/// <summary>Counts what the inboxes of this process suppress, as an operator's metrics would.</summary>
internal static class SuppressedDuplicates
{
    private static readonly MeterListener Listener = new();
    private static long _count;

    public static long Count => Interlocked.Read(ref _count);

    [ModuleInitializer]
    internal static void Start()
    {
        Listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "MassTransit.SqliteOutbox" && instrument.Name.Contains("duplicates", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        Listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
        Listener.Start();
    }
}
