using Broker.Storage.Tests.Support;
using CsCheck;

namespace Broker.Storage.Tests;

/// <summary>Random histories of a few producers: what the live log knows, what a snapshot and the tail give, and what all of the log gives are the same.</summary>
public sealed class ProducerReplayTests
{
    private static readonly Gen<(int Producer, int Epoch, int Sequence, int Count, int Action)[]> Histories =
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 2], Gen.Int[0, 12], Gen.Int[1, 3], Gen.Int[0, 30]).Array[1, 60];

    [Fact]
    public void a_snapshot_and_the_tail_give_the_live_state() => Histories.Sample(
        steps =>
        {
            using var scenario = Run(steps);
            using var replayed = scenario.Open(scenario.CrashImage());
            AssertSame(scenario.Log, replayed);
        },
        iter: 60);

    [Fact]
    public void all_of_the_log_gives_the_live_state() => Histories.Sample(
        steps =>
        {
            using var scenario = Run(steps);
            var image = scenario.CrashImage();
            foreach (var file in Directory.GetFiles(image).Where(f => !f.EndsWith(SegmentNames.Log, StringComparison.Ordinal)))
                File.Delete(file);
            using var replayed = scenario.Open(image);
            AssertSame(scenario.Log, replayed);
        },
        iter: 60);

    [Fact]
    public void a_snapshot_read_and_written_again_is_the_same() => Histories.Sample(
        steps =>
        {
            using var scenario = Run(steps);
            var snapshot = ProducerSnapshot.Encode(scenario.Log.Producers);
            Assert.Equal(snapshot, ProducerSnapshot.Encode(ProducerSnapshot.Decode(snapshot)!));
        },
        iter: 60);

    private static LogScenario Run((int Producer, int Epoch, int Sequence, int Count, int Action)[] steps)
    {
        var scenario = new LogScenario(new LogOptions { SegmentBytes = 600 });
        foreach (var (producer, epoch, sequence, count, action) in steps)
        {
            scenario.Time.Advance(TimeSpan.FromMilliseconds(action));
            if (action == 0)
                scenario.Restart();
            else if (action < 8)
                scenario.Log.AppendMarker(producer, (short)epoch, commit: action < 4, coordinatorEpoch: sequence / 4, LogScenario.Epoch);
            else
                Append(scenario, producer, (short)epoch, action < 16 ? sequence : Next(scenario.Log, producer, epoch), count, transactional: action % 4 != 0);
        }

        return scenario;
    }

    private static void Append(LogScenario scenario, long producer, short epoch, int sequence, int count, bool transactional) =>
        scenario.Append(LogScenario.ProducerBatch(producer, epoch, sequence, count, scenario.NowMs - (count * 20), transactional));

    private static int Next(PartitionLog log, long producer, int epoch) =>
        log.ActiveProducers().FirstOrDefault(p => p.ProducerId == producer && p.ProducerEpoch == epoch) is { ProducerId: > 0 } known ? known.LastSequence + 1 : 0;

    private static void AssertSame(PartitionLog live, PartitionLog replayed)
    {
        Assert.Equal(live.ActiveProducers(), replayed.ActiveProducers());
        Assert.Equal(FromRecords(live.Producers), FromRecords(replayed.Producers));
        Assert.Equal(live.LastStableOffset, replayed.LastStableOffset);
        Assert.Equal(live.AbortedTransactions(0, long.MaxValue), replayed.AbortedTransactions(0, long.MaxValue));
        for (var offset = 0L; offset < live.LogEndOffset; offset += 3)
            Assert.Equal(live.AbortedTransactions(offset, offset + 2), replayed.AbortedTransactions(offset, offset + 2));
    }

    /// <summary>When a producer was last seen is not in the log.</summary>
    private static byte[] FromRecords(ProducerStates states)
    {
        foreach (var (_, producer) in states.InIdOrder)
            producer.SeenMs = -1;
        return ProducerSnapshot.Encode(states);
    }
}
