using Broker.InProcess;
using Broker.Protocol;
using Confluent.Kafka;
using Conformance.Support;
using ErrorCode = Broker.Protocol.ErrorCode;
using InTests = Broker.Testing.TestBroker;

namespace Conformance;

/// <summary>The test broker as its README shows it, with a client that was made for Apache Kafka.</summary>
public sealed class TestBrokerTests(TestBroker clients)
{
    [Fact]
    public async Task a_produce_that_fails_once_is_retried_by_the_client()
    {
        await using var broker = await InTests.StartAsync(loggerFactory: SentRequests.OfThisRun);
        using var rule = broker.Control.On(ApiKey.Produce).Once().Answer(ErrorCode.NotLeaderOrFollower);
        using var producer = clients.Producer(config => config.BootstrapServers = broker.BootstrapServers);

        await producer.ProduceAsync("orders", new Message<string?, string?> { Value = "retried" });

        Assert.Equal(1, rule.Hits);
        Assert.Equal(["retried"], await ReadAsync(broker));
    }

    [Fact]
    public async Task a_record_whose_answer_was_lost_is_stored_once()
    {
        await using var broker = await InTests.StartAsync(loggerFactory: SentRequests.OfThisRun);
        using var rule = broker.Control.On(ApiKey.Produce).Once().CloseInsteadOfAnswering();
        using var producer = clients.Producer(config => config.BootstrapServers = broker.BootstrapServers);

        await producer.ProduceAsync("orders", new Message<string?, string?> { Value = "once" });

        Assert.Equal(1, rule.Hits);
        Assert.Equal(["once"], await ReadAsync(broker));
    }

    [Fact]
    public async Task an_acknowledged_record_survives_a_kill_and_its_clients_go_on()
    {
        await using var broker = await InTests.StartAsync(loggerFactory: SentRequests.OfThisRun);
        using var producer = clients.Producer(config => config.BootstrapServers = broker.BootstrapServers);
        await producer.ProduceAsync("orders", new Message<string?, string?> { Value = "before" });

        await broker.KillAsync();
        await broker.RestartAsync();
        await producer.ProduceAsync("orders", new Message<string?, string?> { Value = "after" });

        Assert.Equal(["before", "after"], await ReadAsync(broker));
    }

    [Fact]
    public async Task records_of_open_and_aborted_transactions_are_read_only_when_asked_for()
    {
        await using var broker = await InTests.StartAsync(loggerFactory: SentRequests.OfThisRun);
        await broker.Server.Admin.CreateTopicAsync("orders");
        using var producer = clients.Producer(config => (config.BootstrapServers, config.TransactionalId) = (broker.BootstrapServers, "writer"));
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        foreach (var (value, commits) in new[] { ("aborted", false), ("committed", true), ("aborted too", false) })
        {
            producer.BeginTransaction();
            await producer.ProduceAsync("orders", new Message<string?, string?> { Value = value });
            if (commits)
                producer.CommitTransaction();
            else
                producer.AbortTransaction();
        }

        producer.BeginTransaction();
        await producer.ProduceAsync("orders", new Message<string?, string?> { Value = "open" });

        Assert.Equal(["committed"], await ReadAsync(broker));
        Assert.Equal(["aborted", "committed", "aborted too", "open"], await ReadAsync(broker, new ReadLimits { CommittedOnly = false }));
    }

    private static async Task<string[]> ReadAsync(InTests broker, ReadLimits? limits = null)
    {
        var page = await broker.Server.Records.ReadAsync("orders", [new(Partition: 0, Offset: 0)], limits);
        return [.. page.Records.Select(r => System.Text.Encoding.UTF8.GetString(r.Value!))];
    }
}
