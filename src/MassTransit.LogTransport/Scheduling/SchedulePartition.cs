using Confluent.Kafka;
using MassTransit.LogTransport.Diagnostics;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// The loop that delivers what is due in one partition, while this process owns it. Before each delivery the partition is read up to where it ends at that moment: a message that was cancelled, or delivered
/// by an owner before, in time to be acknowledged is not delivered, and nothing is before the partition is known from its beginning.
/// </summary>
internal sealed class SchedulePartition(TopicPartition partition, ScheduleServices services, IDueDelivery delivery)
{
    private const int MostAtOnce = 500;
    private const long MostBytesAtOnce = 8 * 1024 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPauseOfMessage = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Trouble _reading = new($"The schedule's {partition}");
    private readonly Trouble _delivering = new($"Messages due in {partition}");
    private Task _running = Task.CompletedTask;

    public TopicPartition Partition { get; } = partition;

    public WaitingMessages Messages { get; } = new(partition, services.Budget);

    public void Start() => _running = Task.Run(Run);

    /// <summary>Delivers nothing more. Completes when what is being delivered is done.</summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await Messages.End().ConfigureAwait(false);
    }

    public void Delivered(PendingMessage message)
    {
        Messages.Delivered(message);
        _delivering.Over();
        LogTransportMetrics.ScheduleDelivered(Partition.Topic, services.Time.GetUtcNow() - message.DueAt);
    }

    /// <summary>Lets the message wait again after a pause, longer each time.</summary>
    public async Task Failed(PendingMessage message, Exception exception)
    {
        if (++message.Failures == 1)
            _delivering.Met(exception, $"one is not delivered and will be tried again, its token is {message.Token}");

        LogTransportMetrics.ScheduleFailed(Partition.Topic);

        await Pause(message.Failures, LongestPauseOfMessage).ConfigureAwait(false);

        Messages.PutBack(message);
    }

    private async Task Run()
    {
        LogContext.SetCurrentIfNull(services.LogContext);

        for (var failures = 0; !_stopping.IsCancellationRequested;)
        {
            try
            {
                await Round().ConfigureAwait(false);
                _reading.Over();
                failures = 0;

                await UntilDue().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // Stopped.
            }
            catch (Exception exception)
            {
                _reading.Met(exception, "what is due there waits");

                await Pause(++failures, LongestPause).ConfigureAwait(false);
            }
        }
    }

    private async Task Round()
    {
        var end = await services.End(Partition).ConfigureAwait(false);
        await Messages.ReadUpTo(end).WaitAsync(_stopping.Token).ConfigureAwait(false);

        if (Messages.NowKnown())
            LogContext.Info?.Log("The schedule's {Partition} is this process': {Count} messages wait", Partition, Messages.Count);

        await Renew().ConfigureAwait(false);

        var due = Messages.TakeDue(services.Time.GetUtcNow(), MostAtOnce, MostBytesAtOnce);
        if (due.Count == 0)
            return;

        try
        {
            await services.Lookup.Load(Partition, due, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            due.ForEach(Messages.PutBack);
            throw;
        }

        foreach (var gone in due.Where(x => x.Record == null))
        {
            // Somebody deleted records, or the topic is not compacted but cut off by age: there is nothing left to deliver.
            LogContext.Error?.Log("{Partition}: the message at offset {Offset}, token {Token}, is not in the topic any more and is lost", Partition, gone.Offset, gone.Token);
            Messages.Delivered(gone);
        }

        await delivery.Deliver(this, due.Where(x => x.Record != null).ToArray(), _stopping.Token).ConfigureAwait(false);
    }

    private async Task Renew()
    {
        var overtaken = Messages.TakeOvertaken();
        if (overtaken.Count == 0)
            return;

        try
        {
            await services.Lookup.Load(Partition, overtaken, _stopping.Token).ConfigureAwait(false);

            foreach (var message in overtaken.Where(x => x.Record != null))
                await services.Producer.Produce(Partition, ScheduleRecords.Again(message.Record!), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            Messages.StillOvertaken(overtaken);
            throw;
        }
    }

    private async Task UntilDue()
    {
        for (; ; )
        {
            var next = Messages.Next;
            var wait = next - services.Time.GetUtcNow() is { } time && time < LongestWait ? time : LongestWait;

            if (wait <= TimeSpan.Zero)
                return;

            await using var timer = services.Time.CreateTimer(_ => Messages.Wake(), null, wait, Timeout.InfiniteTimeSpan).ConfigureAwait(false);

            // Asked again now that the timer runs: a clock that was moved in between is not slept through.
            if (next <= services.Time.GetUtcNow())
                return;

            await Messages.Changed(_stopping.Token).ConfigureAwait(false);
        }
    }

    private async Task Pause(int failures, TimeSpan longest)
    {
        await Task.Delay(Pauses.After(failures, longest), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
