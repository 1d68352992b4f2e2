using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Diagnostics;
using MassTransit.LogTransport.Receiving;

namespace MassTransit.LogTransport.Transactions;

/// <summary>
/// Writes what the consumers of one endpoint have sent, with the offsets of what they consumed, one transaction after the other, from start to dispose. Consumers do not wait for it: what is
/// handled while a transaction is written goes into the next one. Safe for any thread.
/// </summary>
internal sealed class EndpointTransactions : IAsyncDisposable
{
    private const int AttemptsWhenStopping = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(10);

    private readonly LogReceiveEndpointContext _context;
    private readonly BrokerMonitor _monitor;
    private readonly TransactionalProducer _producer;
    private readonly Action<Exception> _lost;
    private readonly UncommittedRecords _records;
    private readonly CancellationTokenSource _over = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isStopping;

    /// <param name="context">The endpoint.</param>
    /// <param name="monitor">Tells of outages.</param>
    /// <param name="poll">The consumer whose group vouches for the partitions.</param>
    /// <param name="lost">Told when no transaction can be written any more: what is not committed is to be given up.</param>
    public EndpointTransactions(LogReceiveEndpointContext context, BrokerMonitor monitor, RecordPoll poll, Action<Exception> lost)
    {
        var settings = context.Settings.Transactions!;

        _context = context;
        _monitor = monitor;
        _lost = lost;
        _records = new UncommittedRecords(settings.BatchSize, settings.BatchTime);
        _producer = new TransactionalProducer(context.HostConfiguration, context.Group, settings.TransactionTimeout, () => poll.Membership, HasGivenUp);
    }

    /// <summary>Also ends what an earlier producer of this endpoint has left open, which would keep the group's offsets from being read.</summary>
    /// <exception cref="KafkaException">The brokers do not allow it, or do not answer.</exception>
    public async Task Start()
    {
        await BrokerClient.OnThread(_producer.Open).ConfigureAwait(false);
        _running = Run();
    }

    public void Add(PartitionFeed feed) => _records.Add(feed);

    /// <summary>The feed is closed: what it has not committed is another's.</summary>
    public void Remove(PartitionFeed feed) => _records.Remove(feed);

    public UncommittedRecord Deliver(PartitionFeed feed, long offset) => _records.Deliver(feed, offset);

    /// <summary>The record is done, as far as consumers go: what it has sent may be written.</summary>
    public void Handled(PartitionFeed feed, UncommittedRecord record) => _records.Handled(feed, record);

    /// <summary>Somebody waits for what is handled to be committed.</summary>
    public void Hurry() => _records.Hurry();

    /// <summary>As <see cref="Hurry" />, and no attempt is made for ever any more.</summary>
    public void Stopping()
    {
        _isStopping = true;
        _records.Hurry();
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _over.CancelAsync().ConfigureAwait(false);

        try
        {
            await _running.WaitAsync(DisposeLimit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogContext.Warning?.Log("{Endpoint}: the producer of its transactions did not close within {Limit} and was abandoned", _context.Settings.Name, DisposeLimit);
        }
    }

    private bool HasGivenUp() => _over.IsCancellationRequested || _isStopping && _monitor.Outage != null;

    private async Task Run()
    {
        LogContext.SetCurrentIfNull(_context.LogContext);

        try
        {
            var (failures, pause) = (0, FirstPause);

            for (; ; )
            {
                var batch = await _records.Next(_over.Token).ConfigureAwait(false);
                var result = await BrokerClient.OnThread(() => _producer.Write(batch)).ConfigureAwait(false);

                LogTransportMetrics.Transaction(_context.Settings.Name, result.Outcome == TransactionOutcome.Committed);

                switch (result.Outcome)
                {
                    case TransactionOutcome.Committed:
                        await Committed(batch, wasTrouble: failures > 0).ConfigureAwait(false);
                        (failures, pause) = (0, FirstPause);
                        break;

                    case TransactionOutcome.Aborted when result.Refused.Count > 0:
                        Refused(batch, result);
                        break;

                    case TransactionOutcome.Aborted when !HasGivenUp() && !(_isStopping && failures >= AttemptsWhenStopping):
                        failures++;
                        await Aborted(result.Reason!, pause).ConfigureAwait(false);
                        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                        break;

                    default:
                        throw result.Reason!;
                }
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception exception)
        {
            LogContext.Error?.Log(exception, "{Endpoint}: no transaction can be written; what is not committed is given up and handled again", _context.Settings.Name);
            _lost(exception);
        }
        finally
        {
            await BrokerClient.OnThread(_producer.Forget).ConfigureAwait(false);
        }
    }

    private async Task Committed(TransactionBatch batch, bool wasTrouble)
    {
        foreach (var output in batch.Outputs)
            LogTransportMetrics.RecordProduced(output.Topic);

        _records.Committed(batch);

        if (wasTrouble)
            await _context.NowWell().ConfigureAwait(false);
    }

    /// <summary>Alone, the one that was refused is known; it is handled again, and what it sends fails then. The others are not held up by it.</summary>
    private void Refused(TransactionBatch batch, TransactionResult result)
    {
        LogContext.Warning?.Log("{Endpoint}: a transaction of {Count} messages was aborted: {Reason}", _context.Settings.Name, batch.Count, result.Refused.First().Error.Reason);

        foreach (var missing in result.Refused.Where(x => x.IsMissingTopic))
            _context.HostConfiguration.Connection.Topics.Forget(missing.Output.Topic);

        if (batch.Count > 1)
            _records.TakeAlone(batch.Count);
        else
            _records.Reopen(batch, result.Refused);
    }

    private async Task Aborted(Exception reason, TimeSpan pause)
    {
        LogContext.Warning?.Log("{Endpoint}: a transaction was aborted and is tried again in {Pause}: {Reason}", _context.Settings.Name, pause, reason.Message);

        if (TransactionalProducer.IsTrouble(reason))
            await _context.Unwell(reason).ConfigureAwait(false);

        await Task.Delay(pause, _over.Token).ConfigureAwait(false);
    }
}
