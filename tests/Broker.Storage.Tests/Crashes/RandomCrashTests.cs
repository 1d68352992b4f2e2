using Broker.Storage.Tests.Support;
using CsCheck;

namespace Broker.Storage.Tests.Crashes;

/// <summary>Any operations in any order, on a disk that fails now and then, with a crash at each step of each.</summary>
public sealed class RandomCrashTests
{
    private static readonly long Runs = Environment.GetEnvironmentVariable("LONG_TESTS") == "1" ? 150 : 12;

    private static readonly Gen<LogOptions> Options = Gen.Select(
        Gen.Int[150, 1500], Gen.Int[0, 300], Gen.Int[0, 3000],
        (segment, index, retention) => new LogOptions { SegmentBytes = segment, IndexIntervalBytes = index, RetentionBytes = retention });

    private static readonly Gen<LogOptions> CompactedOptions = Gen.Select(
        Gen.Int[150, 1500], Gen.Int[0, 300], Gen.Int[0, 1],
        (segment, index, keepsTombstones) => new LogOptions
        {
            SegmentBytes = segment,
            IndexIntervalBytes = index,
            CompactsSegments = true,
            DeletesOldSegments = false,
            DeleteRetentionMs = keepsTombstones * 1000,
        });

    private static readonly Gen<(int Kind, int Argument)[]> Steps = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 100]).Array[1, 20];

    /// <summary>A failure prints the seed; it goes into Sample's seed argument to see it again.</summary>
    [Fact]
    public void nothing_acknowledged_is_lost_and_nothing_is_invented() =>
        Gen.Select(Options, Steps, Gen.Int[0, int.MaxValue]).Sample((options, steps, seed) => Run(options, steps, seed, withFaults: false), iter: Runs, threads: 1);

    [Fact]
    public void nor_on_a_disk_that_fails() =>
        Gen.Select(Options, Steps, Gen.Int[0, int.MaxValue]).Sample((options, steps, seed) => Run(options, steps, seed, withFaults: true), iter: Runs, threads: 1);

    [Fact]
    public void a_compacted_log_keeps_the_newest_record_of_each_key() =>
        Gen.Select(CompactedOptions, Steps, Gen.Int[0, int.MaxValue]).Sample((options, steps, seed) => Run(options, steps, seed, withFaults: false), iter: Runs, threads: 1);

    [Fact]
    public void so_it_does_on_a_disk_that_fails() =>
        Gen.Select(CompactedOptions, Steps, Gen.Int[0, int.MaxValue]).Sample((options, steps, seed) => Run(options, steps, seed, withFaults: true), iter: Runs, threads: 1);

    private static void Run(LogOptions options, (int Kind, int Argument)[] steps, int seed, bool withFaults)
    {
        using var crashing = new CrashingLog(options, seed);
        var batches = new LogBatches(new Random(seed), keys: options.CompactsSegments ? 4 : 0);
        foreach (var (kind, argument) in steps)
        {
            var log = crashing.Log;
            switch (kind)
            {
                case < 4:
                    crashing.Append(batches.Plain(1 + (argument % 3)));
                    break;
                case < 6:
                    crashing.Append(batches.Of(1 + (argument % 2), log, transactional: false, 1 + (argument % 3)));
                    break;
                case < 8:
                    crashing.Append(batches.Of(3 + (argument % 2), log, transactional: true));
                    break;
                case < 10:
                    crashing.Append(batches.Marker(3 + (argument % 2), commit: argument % 3 == 0));
                    break;
                case < 12:
                    crashing.Flush();
                    break;
                case 12:
                    crashing.DeleteRecordsBefore(log.LogStartOffset + ((log.LogEndOffset - log.LogStartOffset) * argument / 100));
                    break;
                case 13 when options.CompactsSegments:
                    crashing.Compact();
                    break;
                case 13:
                    crashing.ApplyRetention();
                    break;
                case 14:
                    crashing.CleanRestart();
                    break;
                case 15:
                    crashing.Kill(withFaults && argument % 3 == 0 ? DiskFaults.Any(argument / 3) : null);
                    break;
                case 16:
                    crashing.LosePower(torn: argument % 2 == 0);
                    break;
                default:
                    if (withFaults)
                        crashing.Disk.Fail(DiskFaults.Any(argument));
                    break;
            }
        }
    }
}
