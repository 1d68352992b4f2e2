using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Storage.Tests;

/// <summary>Alone, because slices are pooled for all logs: a test beside it could take one out of the pool.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Rounds = 2000;

    [Fact]
    public void appending_and_reading_allocate_nothing_in_the_steady_state()
    {
        using var temp = new TempDirectory();
        using var log = PartitionLog.Open(temp.Path, new LogOptions { IndexIntervalBytes = 1 << 20 }, TimeProvider.System, NullLogger.Instance);
        var plain = LogScenario.ProducerBatch(-1, -1, -1, count: 10);
        var sent = new byte[plain.Length];
        for (var i = 0; i < Rounds; i++)
            AppendAndRead(log, plain, sent);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            AppendAndRead(log, plain, sent);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void deciding_about_an_idempotent_batch_allocates_nothing()
    {
        using var temp = new TempDirectory();
        using var log = PartitionLog.Open(temp.Path, new LogOptions { IndexIntervalBytes = 1 << 20 }, TimeProvider.System, NullLogger.Instance);
        var batches = new byte[Rounds * 2][];
        for (var i = 0; i < batches.Length; i++)
            batches[i] = LogScenario.ProducerBatch(1, 0, i);
        for (var i = 0; i < Rounds; i++)
            log.Append(batches[i], 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = Rounds; i < batches.Length; i++)
            log.Append(batches[i], 0);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AppendAndRead(PartitionLog log, byte[] batch, byte[] sent)
    {
        var offset = log.Append(batch, 0).BaseOffset;
        using var slice = log.Read(offset, int.MaxValue, long.MaxValue, minOneBatch: true)!;
        slice.CopyTo(sent);
    }
}
