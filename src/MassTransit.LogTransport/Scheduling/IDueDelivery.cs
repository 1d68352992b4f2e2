namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// Delivers messages that are due and takes them off the schedule. Each is reported to its partition: delivered, failed, or given back because the
/// partition is being given up. Safe for any thread.
/// </summary>
internal interface IDueDelivery :
    IAsyncDisposable
{
    /// <summary>Completes when there is room for more; does not fail.</summary>
    Task Deliver(SchedulePartition partition, IReadOnlyList<PendingMessage> due, CancellationToken stopping);
}
