using Broker.Groups;
using Broker.Protocol;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;
using Broker.Tests.Transactions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Transactions;

/// <summary>A transaction that is open in a partition and in no transactional id, when it cannot be aborted at start.</summary>
public sealed class OrphanTests
{
    private const string Id = "id";

    [Fact]
    public async Task it_is_tried_again_by_the_sweep_and_its_producer_waits_for_that()
    {
        var (memory, time) = (new MemoryDisk(), new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000)));
        TransactionalProducer producer;
        await using (var before = await StartAsync(memory, time))
        {
            var first = await before.ConnectAsync();
            await first.CreateTopicAsync("t");
            producer = await first.InitTransactionsAsync(Id);
            await before.Server.Topics.FindPartition("t", 0)!.AppendAsync(TransactionRequests.Batch(producer, 0, "orphan"), durable: true);
            memory = memory.CopyAfterPowerLoss();
        }

        var disk = new FaultyDisk(memory);
        disk.Fail(new DiskFault(
            o => o.Name == "write" && o.Bytes > 0 && o.Suffix == ".log" && o.Path.Contains("t-0", StringComparison.Ordinal), DiskFaults.NoSpace())
        { IsLasting = true });
        await using var broker = await StartAsync(disk, time);
        var log = broker.Server.Topics.FindPartition("t", 0)!.Log!;
        var client = await broker.ConnectAsync();
        Assert.Equal((0, 1), (log.LastStableOffset, log.LogEndOffset));
        Assert.Single(broker.Log.Lines, l => l.Contains("could not be ended in t-0; it is tried again", StringComparison.Ordinal));

        // The same batch would be taken for the orphan's, and what the transaction then holds be aborted behind its back.
        Assert.Equal(ErrorCode.ConcurrentTransactions, await client.WriteAsync(Id, producer, "t", "orphan"));
        disk.Heal();
        while (log.LastStableOffset == 0)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Empty(await client.ReadCommittedAsync("t"));
        // The marker is seen a moment before it is on disk, and the producer waits for that too.
        ErrorCode late;
        while ((late = await client.WriteAsync(Id, producer, "t", "orphan")) == ErrorCode.ConcurrentTransactions)
            await Task.Yield();
        Assert.Equal(ErrorCode.InvalidProducerEpoch, late);
        var next = await client.EndTransactionAsync(Id, producer, commit: false);
        Assert.Equal(ErrorCode.None, await client.WriteAsync(Id, next, "t", "child"));
        await client.EndTransactionAsync(Id, next, commit: true);
        Assert.Equal(["child"], await client.ReadCommittedAsync("t"));
    }

    private static Task<TestBroker> StartAsync(Disk disk, TimeProvider time) => TestBroker.StartAsync(
        options =>
        {
            (options.TransactionStateLogNumPartitions, options.OffsetsTopicNumPartitions) = (1, 1);
            options.ConnectionsMaxIdleMs = -1;
        },
        time,
        disk);
}
