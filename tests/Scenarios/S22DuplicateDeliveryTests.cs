using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Data.Sqlite;
using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S22DuplicateDeliveryTests(InProcessSolution solution) : IClassFixture<InProcessSolution>
{
    private static readonly string[] Databases = ["order-service", "order-service-payments", "inventory-service", "notification-service"];

    [Fact]
    public async Task every_record_delivered_twice_has_its_effect_once()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();
        Guid[] orders =
        [
            await shop.Place("tok_ok", new OrderLine("MUG-BLUE", 1)),
            await shop.Place("tok_declined", new OrderLine("MUG-RED", 1)),
            await shop.Place("tok_ok", new OrderLine("SCALE", 10_000)),
        ];
        var once = await Evidence.Settle(solution, shop, stock, orders);
        await AllConsumed();
        var effects = Effects();
        var suppressedBefore = SuppressedDuplicates.Count;

        DeliverAgain(TopicReader.ReadAll(solution.BootstrapServers, TopicReader.Topics(solution.BootstrapServers)));
        await AllConsumed();
        var twice = await Evidence.Settle(solution, shop, stock, orders);

        Assert.True(effects > 0);
        Assert.Empty(Invariants.Violations(twice, orders));
        Assert.Equal(effects, Effects());
        Assert.Equal(effects, SuppressedDuplicates.Count - suppressedBefore);
        Assert.Equal(once.Facts.Select(record => record.MessageId).Order(), twice.Facts.Select(record => record.MessageId).Order());
    }

    /// <summary>Rows of the services' inboxes: one for each message that had its effect in a consumer.</summary>
    private long Effects() => Databases.Sum(name =>
    {
        using var connection = new SqliteConnection($"Data Source={solution.DatabaseOf(name)};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from InboxState";
        return (long)command.ExecuteScalar()!;
    });

    private void DeliverAgain(IEnumerable<TopicRecord> records)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = solution.BootstrapServers }).Build();
        foreach (var record in records)
        {
            producer.Produce(new TopicPartition(record.Topic, record.Partition), record.Raw);
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(20)));
    }

    /// <summary>Every group's committed offset has reached the end of every partition that it reads.</summary>
    private async Task AllConsumed()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = solution.BootstrapServers }).Build();
        await Eventually.Get("every group at the end of its topics", () => Lag(admin), lag => lag == 0);
    }

    private static async Task<long> Lag(IAdminClient admin)
    {
        var groups = (await admin.ListConsumerGroupsAsync()).Valid.Select(group => group.GroupId).Where(id => id != "scenario-reader").ToList();
        Assert.NotEmpty(groups);
        long lag = 0;
        foreach (var group in groups)
        {
            var committed = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)]);
            var positions = committed.Single().Partitions;
            if (positions.Count == 0)
            {
                continue;
            }

            var ends = await admin.ListOffsetsAsync(positions.Select(position => new TopicPartitionOffsetSpec { TopicPartition = position.TopicPartition, OffsetSpec = OffsetSpec.Latest() }));
            lag += ends.ResultInfos.Sum(end => Math.Max(0, end.TopicPartitionOffsetError.Offset.Value - positions.Single(position => position.TopicPartition == end.TopicPartitionOffsetError.TopicPartition).Offset.Value));
        }

        return lag;
    }
}
