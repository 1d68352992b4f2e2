using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

/// <summary>Who copies an old log elsewhere writes with old timestamps, and is no less alive for it.</summary>
public sealed class ProducerExpiryTests
{
    private const long Producer = 42;
    private const long LongAgo = 1_500_000_000_000;

    private static readonly LogOptions Options = new() { RetentionMs = -1, ProducerIdExpirationMs = 10_000 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void a_batch_with_old_timestamps_is_known_as_a_duplicate_after_a_restart(bool clean)
    {
        using var scenario = new LogScenario(Options);
        var first = Append(scenario.Log, sequence: 0);

        using var log = Reopen(scenario, clean);

        Assert.Equal(first with { Outcome = AppendOutcome.Duplicate }, Append(log, sequence: 0));
        Assert.Equal(1, log.LogEndOffset);
    }

    [Fact]
    public void a_producer_of_old_records_is_forgotten_when_it_has_been_silent_and_not_before()
    {
        using var scenario = new LogScenario(Options);
        Append(scenario.Log, sequence: 0);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(9_000));
        Append(scenario.Log, sequence: 1);

        scenario.Time.Advance(TimeSpan.FromMilliseconds(9_999));
        scenario.Log.ApplyRetention();
        Assert.Equal(AppendOutcome.Duplicate, Append(scenario.Log, sequence: 1).Outcome);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));
        scenario.Log.ApplyRetention();
        Assert.Empty(scenario.Log.ActiveProducers());
    }

    [Fact]
    public void a_producer_of_future_records_is_kept_until_they_are_old()
    {
        using var scenario = new LogScenario(Options);
        scenario.Append(LogScenario.ProducerBatch(Producer, 0, 0, timestamp: scenario.NowMs + 5_000));

        scenario.Time.Advance(TimeSpan.FromMilliseconds(14_999));
        scenario.Log.ApplyRetention();
        Assert.Single(scenario.Log.ActiveProducers());
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));
        scenario.Log.ApplyRetention();
        Assert.Empty(scenario.Log.ActiveProducers());
    }

    /// <summary>A snapshot knows when the producer was seen; of what is replayed behind it nobody knows, so that its time begins again.</summary>
    [Theory]
    [InlineData(true, 4_000)]
    [InlineData(false, 10_000)]
    public void silence_counts_on_after_a_clean_restart_and_anew_after_a_crash(bool clean, int leftMs)
    {
        using var scenario = new LogScenario(Options);
        Append(scenario.Log, sequence: 0);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(6_000));
        using var log = Reopen(scenario, clean);

        scenario.Time.Advance(TimeSpan.FromMilliseconds(leftMs - 1));
        log.ApplyRetention();
        Assert.Single(log.ActiveProducers());
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));
        log.ApplyRetention();
        Assert.Empty(log.ActiveProducers());
    }

    [Fact]
    public void when_it_was_seen_is_kept_beside_the_timestamps_of_its_records()
    {
        using var scenario = new LogScenario(Options);
        Append(scenario.Log, sequence: 0);
        Append(scenario.Log, sequence: 1);

        scenario.Restart();

        Assert.Equal([new ActiveProducer(Producer, 0, 1, LongAgo, -1, -1)], scenario.Log.ActiveProducers());
        Assert.Equal(scenario.NowMs, scenario.Log.Producers.Find(Producer)!.SeenMs);
        Assert.Equal(2, scenario.Log.Producers.Find(Producer)!.Count);
    }

    private static PartitionLog Reopen(LogScenario scenario, bool clean)
    {
        if (!clean)
            return scenario.Open(scenario.CrashImage());
        scenario.CleanStop();
        return scenario.Start();
    }

    private static AppendResult Append(PartitionLog log, int sequence) =>
        log.Append(LogScenario.ProducerBatch(Producer, 0, sequence, timestamp: LongAgo), LogScenario.Epoch);
}
