using Broker.Protocol;
using Broker.Storage.Disks;
using Broker.Tests.Support;
using Broker.Tests.Transactions.Support;

namespace Broker.Tests.Transactions;

/// <summary>What a power loss or a kill leaves of transactions, on a disk in memory that knows what was synced.</summary>
public sealed class CrashTests
{
    private const string Id = "id";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_open_transaction_goes_on_after_a_crash(bool powerLoss)
    {
        var disk = new MemoryDisk();
        await using var before = await StartAsync(disk);
        var client = await before.ConnectAsync();
        await client.CreateTopicAsync("t");
        var producer = await client.InitTransactionsAsync(Id);
        await client.WriteAsync(Id, producer, "t", "a");

        await using var after = await StartAsync(powerLoss ? disk.CopyAfterPowerLoss() : disk.CopyAfterKill());
        var again = await after.ConnectAsync();
        Assert.Empty(await again.ReadCommittedAsync("t"));
        Assert.Equal(ErrorCode.None, await again.WriteAsync(Id, producer, "t", "b", sequence: 1));
        await again.EndTransactionAsync(Id, producer, commit: true);

        Assert.Equal(["a", "b"], await again.ReadCommittedAsync("t"));
    }

    [Fact]
    public async Task records_of_a_transaction_that_no_id_knows_are_aborted_at_start_and_their_producer_fenced()
    {
        var disk = new MemoryDisk();
        await using var before = await StartAsync(disk);
        var client = await before.ConnectAsync();
        await client.CreateTopicAsync("t");
        var producer = await client.InitTransactionsAsync(Id);
        var partition = before.Server.Topics.FindPartition("t", 0)!;
        await partition.AppendAsync(TransactionRequests.Batch(producer, 0, "orphan"), durable: true);

        await using var after = await StartAsync(disk.CopyAfterPowerLoss());
        var again = await after.ConnectAsync();
        var log = after.Server.Topics.FindPartition("t", 0)!.Log!;

        Assert.Equal((2, 2), (log.LastStableOffset, log.LogEndOffset));
        Assert.Empty(await again.ReadCommittedAsync("t"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await again.WriteAsync(Id, producer, "t", "orphan"));
        var next = await again.EndTransactionAsync(Id, producer, commit: false);
        Assert.Equal(ErrorCode.None, await again.WriteAsync(Id, next, "t", "child"));
        await again.EndTransactionAsync(Id, next, commit: true);
        Assert.Equal(["child"], await again.ReadCommittedAsync("t"));
    }

    /// <summary>The power goes when the first record of the next transaction is on disk, and neither its beginning nor the word that the one before is over.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_end_that_is_carried_out_again_does_not_end_what_was_written_after_it(bool commit)
    {
        var disk = new MemoryDisk();
        await using var before = await StartAsync(disk);
        var client = await before.ConnectAsync();
        await client.CreateTopicAsync("t");
        var first = await client.InitTransactionsAsync(Id);
        await client.WriteAsync(Id, first, "t", "a");
        var producer = await client.EndTransactionAsync(Id, first, commit);
        await before.Server.Topics.FindPartition("t", 0)!.AppendAsync(TransactionRequests.Batch(producer, 0, "orphan"), durable: true);

        await using var after = await StartAsync(disk.CopyAfterPowerLoss());
        var again = await after.ConnectAsync();

        string[] committed = commit ? ["a"] : [];
        Assert.Equal(committed, await again.ReadCommittedAsync("t"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await again.WriteAsync(Id, producer, "t", "orphan"));
        var next = await again.EndTransactionAsync(Id, producer, commit: false);
        Assert.Equal(ErrorCode.None, await again.WriteAsync(Id, next, "t", "child"));
        await again.EndTransactionAsync(Id, next, commit: true);
        string[] withChild = [.. committed, "child"];
        Assert.Equal(withChild, await again.ReadCommittedAsync("t"));
    }

    /// <summary>Each transaction writes its number to two partitions; every fourth is aborted.</summary>
    [Fact]
    public async Task whenever_the_power_goes_each_transaction_is_there_as_a_whole_or_not_at_all()
    {
        var disk = new MemoryDisk();
        await using var broker = await StartAsync(disk);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", partitions: 2);
        var acknowledged = -1;
        using var end = new CancellationTokenSource();
        var writing = WriteAsync(client, number => Volatile.Write(ref acknowledged, number), end.Token);

        for (var round = 0; round < 15; round++)
        {
            var known = Volatile.Read(ref acknowledged);
            while (Volatile.Read(ref acknowledged) < known + 2)
                await Task.Yield();
            var surely = Volatile.Read(ref acknowledged);
            await using var after = await StartAsync(disk.CopyAfterPowerLoss());
            var reader = await after.ConnectAsync();
            await reader.InitTransactionsAsync(Id);
            var one = await reader.ReadCommittedAsync("t", 0);
            var two = await reader.ReadCommittedAsync("t", 1);

            Assert.Equal(one, two);
            Assert.Equal(Enumerable.Range(0, surely + 1).Where(IsCommitted).Select(n => $"{n}"), one.Take(Enumerable.Range(0, surely + 1).Count(IsCommitted)));
            Assert.All(one, value => Assert.True(IsCommitted(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture))));
        }

        await end.CancelAsync();
        await writing;
    }

    private static bool IsCommitted(int number) => number % 4 != 3;

    private static async Task WriteAsync(KafkaClient client, Action<int> acknowledged, CancellationToken end)
    {
        var producer = await client.InitTransactionsAsync(Id);
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            Assert.Equal(ErrorCode.None, await client.WriteAsync(Id, producer, "t", $"{number}", 0));
            Assert.Equal(ErrorCode.None, await client.WriteAsync(Id, producer, "t", $"{number}", 1));
            producer = await client.EndTransactionAsync(Id, producer, IsCommitted(number));
            acknowledged(number);
        }
    }

    private static Task<TestBroker> StartAsync(MemoryDisk disk) => TestBroker.StartAsync(
        options => (options.TransactionStateLogNumPartitions, options.OffsetsTopicNumPartitions) = (2, 1), disk: disk);
}
