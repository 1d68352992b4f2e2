using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class IdempotenceTests
{
    private const long Producer = 42;

    [Fact]
    public void any_of_the_last_five_batches_again_returns_its_first_offsets_and_writes_nothing()
    {
        using var scenario = new LogScenario();
        var firsts = new List<AppendResult>();
        for (var i = 0; i < 5; i++)
            firsts.Add(Append(scenario, sequence: i * 3, count: 3));
        var size = scenario.Log.SizeInBytes;

        for (var i = 0; i < 5; i++)
            Assert.Equal(firsts[i] with { Outcome = AppendOutcome.Duplicate }, Append(scenario, sequence: i * 3, count: 3));
        Assert.Equal((15, size), (scenario.Log.LogEndOffset, scenario.Log.SizeInBytes));
    }

    [Fact]
    public void a_batch_older_than_the_last_five_is_out_of_order()
    {
        using var scenario = new LogScenario();
        for (var i = 0; i < 6; i++)
            Append(scenario, sequence: i);

        Assert.Equal(AppendOutcome.OutOfOrderSequence, Append(scenario, sequence: 0).Outcome);
        Assert.Equal(AppendOutcome.Duplicate, Append(scenario, sequence: 1).Outcome);
    }

    [Fact]
    public void a_gap_is_out_of_order_and_so_is_another_cut_of_the_same_sequences()
    {
        using var scenario = new LogScenario();
        Append(scenario, sequence: 0, count: 4);

        Assert.Equal(AppendOutcome.OutOfOrderSequence, Append(scenario, sequence: 5).Outcome);
        Assert.Equal(AppendOutcome.OutOfOrderSequence, Append(scenario, sequence: 2).Outcome);
        Assert.Equal(AppendOutcome.OutOfOrderSequence, Append(scenario, sequence: 0, count: 3).Outcome);
        Assert.Equal(AppendOutcome.Appended, Append(scenario, sequence: 4).Outcome);
    }

    [Fact]
    public void an_unknown_producer_may_start_at_any_sequence()
    {
        using var scenario = new LogScenario();

        Assert.Equal(AppendOutcome.Appended, Append(scenario, sequence: 17).Outcome);
        Assert.Equal(AppendOutcome.Appended, Append(scenario, sequence: 18).Outcome);
    }

    [Fact]
    public void sequences_wrap_to_zero()
    {
        using var scenario = new LogScenario();
        Append(scenario, sequence: int.MaxValue - 1, count: 3);

        Assert.Equal(AppendOutcome.Duplicate, Append(scenario, sequence: int.MaxValue - 1, count: 3).Outcome);
        Assert.Equal(AppendOutcome.Appended, Append(scenario, sequence: 1).Outcome);
    }

    [Fact]
    public void a_newer_epoch_starts_at_zero_and_fences_the_older()
    {
        using var scenario = new LogScenario();
        Append(scenario, epoch: 3, sequence: 0);

        Assert.Equal(AppendOutcome.OutOfOrderSequence, Append(scenario, epoch: 4, sequence: 1).Outcome);
        Assert.Equal(AppendOutcome.Appended, Append(scenario, epoch: 4, sequence: 0).Outcome);
        Assert.Equal(AppendOutcome.InvalidProducerEpoch, Append(scenario, epoch: 3, sequence: 1).Outcome);
        Assert.Equal(AppendOutcome.InvalidProducerEpoch, Append(scenario, epoch: 3, sequence: 0).Outcome);
    }

    [Fact]
    public void a_transaction_marker_bumps_the_epoch_and_has_no_sequence()
    {
        using var scenario = new LogScenario();
        Append(scenario, epoch: 3, sequence: 0);

        scenario.Append(RecordBatchBuilder.EndTransactionMarker(scenario.NowMs, Producer, 4, commit: true, coordinatorEpoch: 0));

        Assert.Equal(AppendOutcome.InvalidProducerEpoch, Append(scenario, epoch: 3, sequence: 1).Outcome);
        Assert.Equal(AppendOutcome.Appended, Append(scenario, epoch: 4, sequence: 0).Outcome);
    }

    [Fact]
    public void a_marker_of_the_same_epoch_leaves_the_sequence_as_it_is()
    {
        using var scenario = new LogScenario();
        Append(scenario, epoch: 3, sequence: 0);

        scenario.Append(RecordBatchBuilder.EndTransactionMarker(scenario.NowMs, Producer, 3, commit: true, coordinatorEpoch: 0));

        Assert.Equal(AppendOutcome.Appended, Append(scenario, epoch: 3, sequence: 1).Outcome);
    }

    [Fact]
    public void producers_do_not_disturb_each_other()
    {
        using var scenario = new LogScenario();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(AppendOutcome.Appended, scenario.Append(LogScenario.ProducerBatch(1, 0, i)).Outcome);
            Assert.Equal(AppendOutcome.Appended, scenario.Append(LogScenario.ProducerBatch(2, 0, i * 2, count: 2)).Outcome);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void duplicates_are_known_after_a_restart(bool clean)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 250 });
        for (var i = 0; i < 7; i++)
            Append(scenario, sequence: i);
        var image = scenario.CrashImage();
        if (clean)
            scenario.CleanStop();

        using var log = clean ? scenario.Start() : scenario.Open(image);

        Assert.Equal(new AppendResult(AppendOutcome.Duplicate, 4, 4, -1, 0), log.Append(LogScenario.ProducerBatch(Producer, 0, 4), 0));
        Assert.Equal(AppendOutcome.Appended, log.Append(LogScenario.ProducerBatch(Producer, 0, 7), 0).Outcome);
    }

    [Fact]
    public void state_outlives_the_segments_it_came_from()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 250, RetentionBytes = 0, RetentionMs = -1 });
        for (var i = 0; i < 7; i++)
            Append(scenario, sequence: i);
        scenario.Log.ApplyRetention();

        using var log = scenario.Open(scenario.CrashImage());

        Assert.Equal((7, AppendOutcome.Duplicate), (log.LogStartOffset, log.Append(LogScenario.ProducerBatch(Producer, 0, 6), 0).Outcome));
    }

    [Fact]
    public void batches_that_recovery_cut_off_are_forgotten_with_them()
    {
        using var scenario = new LogScenario();
        Append(scenario, sequence: 0);
        Append(scenario, sequence: 1);
        var image = scenario.CrashImage();
        scenario.CleanStop();
        // As if a snapshot had reached the disk that the batches before it did not.
        File.Copy(scenario.Files(SegmentNames.Producers)[^1], Path.Combine(image, Path.GetFileName(scenario.Files(SegmentNames.Producers)[^1])));
        var segment = Path.Combine(image, "00000000000000000000.log");
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1]);

        using var log = scenario.Open(image);

        Assert.Equal(new AppendResult(AppendOutcome.Appended, 1, 1, -1, 0), log.Append(LogScenario.ProducerBatch(Producer, 0, 1), 0));
    }

    [Fact]
    public void a_damaged_snapshot_is_replaced_by_a_replay()
    {
        using var scenario = new LogScenario();
        Append(scenario, sequence: 0);
        scenario.CleanStop();
        var snapshot = scenario.Files(SegmentNames.Producers)[^1];
        var bytes = File.ReadAllBytes(snapshot);
        bytes[20] ^= 1;
        File.WriteAllBytes(snapshot, bytes);

        scenario.Start();

        Assert.Equal(AppendOutcome.Duplicate, Append(scenario, sequence: 0).Outcome);
    }

    [Fact]
    public void a_producer_silent_for_too_long_is_forgotten()
    {
        using var scenario = new LogScenario(new LogOptions { ProducerIdExpirationMs = 1000 });
        Append(scenario, sequence: 0);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1001));

        scenario.Log.ApplyRetention();

        Assert.Equal(0, scenario.Log.Producers.Count);
        Assert.Equal(AppendOutcome.Appended, Append(scenario, sequence: 0).Outcome);
    }

    private static AppendResult Append(LogScenario scenario, int sequence, int count = 1, short epoch = 0) =>
        scenario.Append(LogScenario.ProducerBatch(Producer, epoch, sequence, count, scenario.NowMs));
}
