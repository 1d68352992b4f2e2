using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

/// <summary>Transactions as librdkafka speaks them: in the first dialect.</summary>
public class TransactionTests(TestBroker broker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task read_committed_sees_what_was_committed_and_nothing_that_was_aborted()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        using var producer = Producer();
        producer.InitTransactions(Patience);

        foreach (var (commit, name) in ((bool, string)[])[(true, "a"), (false, "b"), (true, "c")])
        {
            producer.BeginTransaction();
            for (var i = 0; i < 20; i++)
                producer.Produce(new TopicPartition(topic, i % 2), new() { Key = name, Value = $"{name}{i}" });
            if (commit)
                producer.CommitTransaction(Patience);
            else
                producer.AbortTransaction(Patience);
        }

        Assert.Equal(["a", "c"], Read(topic, IsolationLevel.ReadCommitted, 40).Select(r => r.Message.Key).Distinct().Order());
    }

    [Fact]
    public async Task read_uncommitted_sees_an_open_transaction_and_read_committed_does_not()
    {
        var topic = await broker.NewTopicAsync();
        using var producer = Producer();
        producer.InitTransactions(Patience);
        producer.BeginTransaction();
        await producer.ProduceAsync(topic, new() { Value = "open" });

        Assert.Equal("open", Assert.Single(Read(topic, IsolationLevel.ReadUncommitted, 1)).Message.Value);
        using var consumer = Consumer(IsolationLevel.ReadCommitted);
        Assert.Equal(0, consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Patience).High.Value);
        producer.CommitTransaction(Patience);

        Assert.Equal("open", Assert.Single(Read(topic, IsolationLevel.ReadCommitted, 1)).Message.Value);
    }

    [Fact]
    public async Task a_waiting_reader_gets_a_transaction_when_it_is_committed()
    {
        var topic = await broker.NewTopicAsync();
        using var producer = Producer();
        producer.InitTransactions(Patience);
        using var consumer = Consumer(IsolationLevel.ReadCommitted);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        producer.BeginTransaction();
        await producer.ProduceAsync(topic, new() { Value = "later" });
        Assert.Null(consumer.Consume(TimeSpan.FromMilliseconds(300)));

        producer.CommitTransaction(Patience);

        Assert.Equal("later", Assert.Single(consumer.Take(1)).Message.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task offsets_sent_with_a_transaction_count_when_it_commits(bool commit)
    {
        var source = await broker.NewTopicAsync();
        var target = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        await broker.ProduceNumbersAsync(source, 10);
        using var consumer = broker.Consumer(group);
        consumer.Subscribe(source);
        var taken = consumer.Take(7);
        using var producer = Producer();
        producer.InitTransactions(Patience);

        producer.BeginTransaction();
        foreach (var record in taken)
            producer.Produce(target, new() { Value = record.Message.Value });
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(source, 0, 7)], consumer.ConsumerGroupMetadata, Patience);
        if (commit)
            producer.CommitTransaction(Patience);
        else
            producer.AbortTransaction(Patience);

        var committed = consumer.Committed([new TopicPartition(source, 0)], Patience);
        Assert.Equal(commit ? 7 : Offset.Unset, Assert.Single(committed).Offset);
        if (commit)
            Assert.Equal(taken.Select(r => r.Message.Value), Read(target, IsolationLevel.ReadCommitted, 7).Select(r => r.Message.Value));
    }

    [Fact]
    public async Task a_second_producer_with_the_id_fences_the_first_and_aborts_what_it_left()
    {
        var topic = await broker.NewTopicAsync();
        var id = TestBroker.NewName("txn");
        using var first = Producer(id);
        first.InitTransactions(Patience);
        first.BeginTransaction();
        await first.ProduceAsync(topic, new() { Value = "first" });

        using var second = Producer(id);
        second.InitTransactions(Patience);
        second.BeginTransaction();
        second.Produce(topic, new() { Value = "second" });
        second.CommitTransaction(Patience);

        var fenced = Assert.Throws<KafkaException>(() => first.CommitTransaction(Patience));
        Assert.True(fenced.Error.IsFatal);
        Assert.Equal(ErrorCode.Local_Fenced, fenced.Error.Code);
        Assert.Equal("second", Assert.Single(Read(topic, IsolationLevel.ReadCommitted, 1)).Message.Value);
    }

    [Fact]
    public async Task a_transaction_over_a_topic_deleted_meanwhile_ends()
    {
        var kept = await broker.NewTopicAsync();
        var deleted = await broker.NewTopicAsync();
        using var producer = Producer();
        producer.InitTransactions(Patience);
        producer.BeginTransaction();
        await producer.ProduceAsync(kept, new() { Value = "kept" });
        await producer.ProduceAsync(deleted, new() { Value = "lost" });
        using var admin = broker.Admin();
        await admin.DeleteTopicsAsync([deleted]);

        producer.CommitTransaction(Patience);

        Assert.Equal("kept", Assert.Single(Read(kept, IsolationLevel.ReadCommitted, 1)).Message.Value);
    }

    private IProducer<string?, string?> Producer(string? id = null) => broker.Producer(config => config.TransactionalId = id ?? TestBroker.NewName("txn"));

    private IConsumer<string?, string?> Consumer(IsolationLevel isolation) =>
        broker.Consumer(TestBroker.NewName("group"), config => config.IsolationLevel = isolation);

    /// <summary>From the beginning of every partition that has any.</summary>
    private IReadOnlyList<ConsumeResult<string?, string?>> Read(string topic, IsolationLevel isolation, int count)
    {
        using var admin = broker.Admin();
        var partitions = admin.GetMetadata(topic, Patience).Topics.Single().Partitions;
        using var consumer = Consumer(isolation);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        return consumer.Take(count);
    }
}
