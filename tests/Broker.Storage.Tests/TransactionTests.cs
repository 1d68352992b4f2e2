using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class TransactionTests
{
    private const long A = 11;
    private const long B = 22;

    [Fact]
    public void the_last_stable_offset_stands_where_the_earliest_open_transaction_began()
    {
        using var scenario = new LogScenario();
        var log = scenario.Log;
        Assert.Equal(0, log.LastStableOffset);
        scenario.Append(count: 2);
        Assert.Equal(2, log.LastStableOffset);

        scenario.Append(Transactional(A, 0));
        scenario.Append(Transactional(B, 0));
        scenario.Append(count: 1);
        Assert.Equal((2, 5), (log.LastStableOffset, log.LogEndOffset));

        Assert.Equal(5, log.AppendMarker(A, 0, commit: true, coordinatorEpoch: 0, LogScenario.Epoch).BaseOffset);
        Assert.Equal(3, log.LastStableOffset);
        log.AppendMarker(B, 0, commit: false, coordinatorEpoch: 0, LogScenario.Epoch);
        Assert.Equal(7, log.LastStableOffset);
    }

    [Fact]
    public void a_transaction_is_open_from_its_first_record_to_its_marker_in_its_epoch()
    {
        using var scenario = new LogScenario();
        Assert.False(scenario.Log.HasOpenTransaction(A, 0));

        scenario.Append(Transactional(A, 0));
        Assert.True(scenario.Log.HasOpenTransaction(A, 0));
        Assert.False(scenario.Log.HasOpenTransaction(A, 1));

        scenario.Log.AppendMarker(A, 1, commit: true, coordinatorEpoch: 0, LogScenario.Epoch);
        Assert.False(scenario.Log.HasOpenTransaction(A, 0));
        Assert.False(scenario.Log.HasOpenTransaction(A, 1));
    }

    [Fact]
    public void aborted_transactions_are_found_by_every_range_that_meets_them()
    {
        using var scenario = new LogScenario();
        var log = scenario.Log;
        scenario.Append(Transactional(A, 0, count: 3)); // 0-2
        scenario.Append(Transactional(B, 0)); // 3
        Abort(log, A); // 4
        Commit(log, B); // 5
        scenario.Append(Transactional(B, 1)); // 6
        Abort(log, B); // 7
        scenario.Append();

        AbortedTransaction a = new(A, 0), b = new(B, 6);
        Assert.Equal([a, b], log.AbortedTransactions(0, 9));
        Assert.Equal([a], log.AbortedTransactions(1, 2));
        Assert.Equal([a], log.AbortedTransactions(4, 5));
        Assert.Equal([], log.AbortedTransactions(5, 6));
        Assert.Equal([b], log.AbortedTransactions(5, 7));
        Assert.Equal([], log.AbortedTransactions(8, 9));
    }

    [Fact]
    public void a_marker_without_a_transaction_leaves_no_trace_in_the_index()
    {
        using var scenario = new LogScenario();

        Abort(scenario.Log, A);

        Assert.Equal((1, 1), (scenario.Log.LogEndOffset, scenario.Log.LastStableOffset));
        Assert.Empty(scenario.Log.AbortedTransactions(0, 1));
    }

    [Fact]
    public void a_range_finds_transactions_whose_markers_are_segments_away()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200 });
        scenario.Append(Transactional(A, 0));
        for (var i = 0; i < 20; i++)
            scenario.Append();
        Abort(scenario.Log, A);
        for (var i = 0; i < 20; i++)
            scenario.Append();
        Assert.True(scenario.Log.SegmentCount > 10);

        Assert.Equal([new AbortedTransaction(A, 0)], scenario.Log.AbortedTransactions(0, 1));
        Assert.Single(scenario.Files(SegmentNames.TransactionIndex));
    }

    [Fact]
    public void a_record_outside_of_the_open_transaction_is_refused()
    {
        using var scenario = new LogScenario();
        scenario.Append(Transactional(A, 0));

        Assert.Equal(AppendOutcome.InvalidTxnState, scenario.Append(LogScenario.ProducerBatch(A, 0, 1)).Outcome);
        Assert.Equal(1, scenario.Log.LogEndOffset);
        Abort(scenario.Log, A);
        Assert.Equal(AppendOutcome.Appended, scenario.Append(LogScenario.ProducerBatch(A, 0, 1)).Outcome);
    }

    [Fact]
    public void a_replaced_coordinator_and_an_older_epoch_write_no_marker()
    {
        using var scenario = new LogScenario();
        var log = scenario.Log;
        Assert.Equal(AppendOutcome.Appended, log.AppendMarker(A, 3, commit: true, coordinatorEpoch: 5, 0).Outcome);

        Assert.Equal(AppendOutcome.TransactionCoordinatorFenced, log.AppendMarker(A, 3, commit: true, coordinatorEpoch: 4, 0).Outcome);
        Assert.Equal(AppendOutcome.InvalidProducerEpoch, log.AppendMarker(A, 2, commit: true, coordinatorEpoch: 5, 0).Outcome);
        Assert.Equal(1, log.LogEndOffset);
        Assert.Equal(AppendOutcome.Appended, log.AppendMarker(A, 4, commit: true, coordinatorEpoch: 6, 0).Outcome);
        Assert.Equal([new ActiveProducer(A, 4, -1, scenario.NowMs, 6, -1)], log.ActiveProducers());
    }

    [Fact]
    public void a_marker_of_the_next_epoch_ends_the_transaction_and_restarts_the_sequence()
    {
        using var scenario = new LogScenario();
        scenario.Append(Transactional(A, 0));
        scenario.Append(Transactional(A, 1));

        scenario.Log.AppendMarker(A, 1, commit: true, coordinatorEpoch: 0, 0);

        Assert.Equal(3, scenario.Log.LastStableOffset);
        Assert.Equal(AppendOutcome.OutOfOrderSequence, scenario.Append(Transactional(A, 2, epoch: 1)).Outcome);
        Assert.Equal(AppendOutcome.InvalidProducerEpoch, scenario.Append(Transactional(A, 2)).Outcome);
        Assert.Equal(AppendOutcome.Appended, scenario.Append(Transactional(A, 0, epoch: 1)).Outcome);
    }

    [Fact]
    public void where_asked_a_producer_without_history_must_start_at_zero()
    {
        using var scenario = new LogScenario();

        Assert.Equal(AppendOutcome.OutOfOrderSequence, scenario.Log.Append(Transactional(A, 1), 0, mustStartAtZero: true).Outcome);
        Assert.Equal(AppendOutcome.Appended, scenario.Log.Append(Transactional(A, 0), 0, mustStartAtZero: true).Outcome);
        Assert.Equal(AppendOutcome.Appended, scenario.Log.Append(Transactional(A, 1), 0, mustStartAtZero: true).Outcome);
        Assert.Equal(AppendOutcome.Appended, scenario.Log.Append(Transactional(B, 1), 0).Outcome);
    }

    [Fact]
    public void batches_without_sequence_are_checked_for_their_epoch_only()
    {
        using var scenario = new LogScenario();

        Assert.Equal(AppendOutcome.Appended, scenario.Append(Transactional(A, RecordBatchHeader.NoSequence, epoch: 1)).Outcome);
        Assert.Equal(AppendOutcome.Appended, scenario.Append(Transactional(A, RecordBatchHeader.NoSequence, epoch: 1)).Outcome);
        Assert.Equal(AppendOutcome.InvalidProducerEpoch, scenario.Append(Transactional(A, RecordBatchHeader.NoSequence)).Outcome);
        Assert.Equal(0, scenario.Log.LastStableOffset);
    }

    [Fact]
    public void a_producer_with_an_open_transaction_is_not_forgotten()
    {
        using var scenario = new LogScenario(new LogOptions { ProducerIdExpirationMs = 1000 });
        scenario.Append(Transactional(A, 0));
        scenario.Append(LogScenario.ProducerBatch(B, 0, 0, timestamp: scenario.NowMs));
        scenario.Time.Advance(TimeSpan.FromHours(1));

        scenario.Log.ApplyRetention();
        Assert.Equal([A], scenario.Log.ActiveProducers().Select(p => p.ProducerId));
        Abort(scenario.Log, A);
        Assert.Equal([new AbortedTransaction(A, 0)], scenario.Log.AbortedTransactions(0, 1));
    }

    [Fact]
    public void deleting_records_moves_the_last_stable_offset_past_an_open_transaction()
    {
        using var scenario = new LogScenario();
        scenario.Append(Transactional(A, 0));
        scenario.Append(count: 3);

        scenario.Log.DeleteRecordsBefore(2);

        Assert.Equal(2, scenario.Log.LastStableOffset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void open_and_aborted_transactions_are_known_after_a_restart(bool clean)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 400 });
        for (var i = 0; i < 12; i++)
        {
            scenario.Append(Transactional(A, i));
            scenario.Append(Transactional(B, i));
            Abort(scenario.Log, A);
        }

        var aborted = scenario.Log.AbortedTransactions(0, long.MaxValue);
        Assert.Equal(12, aborted.Count);
        var image = scenario.CrashImage();
        if (clean)
            scenario.CleanStop();

        using var log = clean ? scenario.Start() : scenario.Open(image);

        Assert.Equal(1, log.LastStableOffset);
        Assert.True(log.HasOpenTransaction(B, 0));
        Assert.Equal(aborted, log.AbortedTransactions(0, long.MaxValue));
    }

    [Fact]
    public void a_lost_index_is_built_again_with_the_transactions_that_began_before_its_segment()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 400 });
        for (var i = 0; i < 12; i++)
        {
            scenario.Append(Transactional(A, i));
            scenario.Append(count: 2);
            if (i % 3 == 2)
                Abort(scenario.Log, A);
        }

        scenario.CleanStop();
        var before = Array.ConvertAll(scenario.Files(SegmentNames.TransactionIndex), File.ReadAllBytes);
        Assert.Equal(4, before.Length);
        foreach (var index in scenario.Files("index"))
            File.Delete(index);
        scenario.Start();

        Assert.Equal(4, scenario.Log.AbortedTransactions(0, long.MaxValue).Count);
        scenario.Append();
        scenario.CleanStop();
        Assert.Equal(before, Array.ConvertAll(scenario.Files(SegmentNames.TransactionIndex), File.ReadAllBytes));
        scenario.Start();
    }

    [Fact]
    public void entries_carry_the_last_stable_offset_as_it_stood_behind_the_marker()
    {
        using var scenario = new LogScenario();
        scenario.Append(Transactional(A, 0));
        scenario.Append(Transactional(B, 0));
        Abort(scenario.Log, A);
        Abort(scenario.Log, B);
        scenario.CleanStop();

        var entries = File.ReadAllBytes(Assert.Single(scenario.Files(SegmentNames.TransactionIndex)));

        Assert.Equal(new AbortedRange(A, 0, 2, 1), TransactionIndex.At(entries, 0));
        Assert.Equal(new AbortedRange(B, 1, 3, 4), TransactionIndex.At(entries, 1));
        scenario.Start();
    }

    private static void Abort(PartitionLog log, long producerId) => log.AppendMarker(producerId, 0, commit: false, coordinatorEpoch: 0, LogScenario.Epoch);

    private static void Commit(PartitionLog log, long producerId) => log.AppendMarker(producerId, 0, commit: true, coordinatorEpoch: 0, LogScenario.Epoch);

    private static byte[] Transactional(long producerId, int sequence, short epoch = 0, int count = 1) =>
        LogScenario.ProducerBatch(producerId, epoch, sequence, count, transactional: true);
}
