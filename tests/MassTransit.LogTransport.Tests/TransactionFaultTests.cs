using Broker.Protocol;
using Confluent.Kafka;
using MassTransit.LogTransport.Tests.Support;
using ErrorCode = Broker.Protocol.ErrorCode;

namespace MassTransit.LogTransport.Tests;

/// <summary>Transactions that end otherwise than they should: what was in them is seen by nobody who reads committed records, and is written once in the end.</summary>
public sealed class TransactionFaultTests(ControlledBroker broker) : IClassFixture<ControlledBroker>
{
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly Arrivals<int> _handled = new();
    private readonly Arrivals<Exception?> _unwell = new();

    [Fact]
    public async Task an_aborted_transaction_takes_outputs_faults_errors_and_skipped_records_with_it_and_is_tried_again()
    {
        using var readings = new CounterReadings("aborting");
        await using var app = await Start("aborting");
        var written = new TaskCompletionSource();
        using var held = broker.Control.On(ApiKey.EndTxn).Once().HoldUntil(written.Task);
        using var refused = broker.Control.On(ApiKey.EndTxn).Once().Answer(ErrorCode.UnknownServerError);

        await Write(app, "aborting");
        await held.WaitAsync(ct: TestContext.Current.CancellationToken).Soon();
        await Uncommitted(1, "copies", "faults", "aborting_error", "aborting_skipped");
        Assert.Empty(await RawLog.All(broker.BootstrapServers, _prefix + "copies").Soon());
        written.SetResult();

        await Once("copies", "faults", "aborting_error", "aborting_skipped");
        await Eventually.True(() => readings["logtransport.transactions", "aborted"] == 1, "the abort was counted");
        await Eventually.True(() => Committed("aborting") == 2, "the offsets are committed");
        await Uncommitted(2, "copies", "faults", "aborting_error", "aborting_skipped");
    }

    [Fact]
    public async Task a_producer_that_is_fenced_is_made_anew_and_what_was_not_committed_is_handled_again()
    {
        await using var app = await Start("fenced");
        using var rule = broker.Control.On(ApiKey.EndTxn).Once().Answer(ErrorCode.ProducerFenced);

        await Write(app, "fenced");

        await Once("copies", "faults", "fenced_error", "fenced_skipped");
        Assert.Equal(1, rule.Hits);
        Assert.Equal([0, 1, 0, 1], await _handled.Next(4));
        await Eventually.True(() => Committed("fenced") == 2, "the offsets are committed");
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the endpoint is well again");
    }

    [Theory]
    [InlineData(ErrorCode.IllegalGeneration)]
    [InlineData(ErrorCode.UnknownMemberId)]
    [InlineData(ErrorCode.FencedInstanceId)]
    public async Task a_group_that_does_not_know_the_member_has_the_transaction_aborted_and_that_is_no_trouble(ErrorCode refusal)
    {
        using var readings = new CounterReadings("unknown");
        await using var app = await Start("unknown");
        var written = new TaskCompletionSource();
        using var held = broker.Control.On(ApiKey.TxnOffsetCommit).Once().HoldUntil(written.Task);
        using var rule = broker.Control.On(ApiKey.TxnOffsetCommit).Once().Answer(refusal);

        await Write(app, "unknown");
        await held.WaitAsync(ct: TestContext.Current.CancellationToken).Soon();
        await Uncommitted(1, "copies", "faults", "unknown_error", "unknown_skipped");
        written.SetResult();

        await Once("copies", "faults", "unknown_error", "unknown_skipped");
        await Eventually.True(() => readings["logtransport.transactions", "aborted"] == 1, "the abort was counted");
        Assert.Equal(1, rule.Hits);
        Assert.Equal((2, 0), (_handled.Count, _unwell.Count));
    }

    [Fact]
    public async Task a_commit_whose_answer_is_lost_is_found_out_and_not_made_twice()
    {
        await using var app = await Start("unanswered");
        using var rule = broker.Control.On(ApiKey.EndTxn).Once().CloseInsteadOfAnswering();

        await Write(app, "unanswered");

        await Once("copies", "unanswered_error", "unanswered_skipped");
        await Eventually.True(() => Committed("unanswered") == 2, "the offsets are committed");
        Assert.Equal(1, rule.Hits);
    }

    [Fact]
    public async Task a_transaction_in_the_middle_of_which_the_broker_dies_is_seen_once()
    {
        await using var app = await Start("dying");
        var never = new TaskCompletionSource();
        var rule = broker.Control.On(ApiKey.EndTxn).Once().HoldUntil(never.Task);
        await Write(app, "dying");
        await rule.WaitAsync(ct: TestContext.Current.CancellationToken).Soon();
        Assert.Empty(await RawLog.All(broker.BootstrapServers, _prefix + "copies").Soon());

        await broker.Stop();
        rule.Dispose();
        await broker.Start();

        await Once("copies", "dying_error", "dying_skipped");
        await Eventually.True(() => Committed("dying") == 2, "the offsets are committed");
    }

    /// <summary>One that is copied, one that fails after it was, and one that nobody handles, in one transaction.</summary>
    private async Task Write(BusApp app, string endpoint)
    {
        await app.Bus.Publish(new Step("a", 0));
        await app.Bus.Publish(new Step("a", 1));
        var own = await app.Bus.GetSendEndpoint(new Uri($"queue:{endpoint}"));
        await own.Send(new OtherHappened("unhandled"));
    }

    private async Task Once(params string[] topics)
    {
        foreach (var topic in topics)
        {
            await RawLog.Read(broker.BootstrapServers, _prefix + topic, 1).Soon();
            Assert.Single(await RawLog.All(broker.BootstrapServers, _prefix + topic).Soon());
        }
    }

    /// <summary>So many are in the log, committed or not.</summary>
    private async Task Uncommitted(int count, params string[] topics)
    {
        foreach (var topic in topics)
        {
            var found = await Eventually.Gets(() => RawLog.All(broker.BootstrapServers, _prefix + topic, IsolationLevel.ReadUncommitted).Soon(),
                records => records.Count >= count, records => $"{count} records are in {topic}, but {records.Count}");

            Assert.Equal(count, found.Count);
        }
    }

    private long Committed(string endpoint)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = _prefix + endpoint }).Build();
        return consumer.Committed([new TopicPartition(_prefix + "steps", 0)], Deadline.Limit).Single().Offset.Value;
    }

    private Task<BusApp> Start(string endpoint)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Copies.Topics(cfg, partitions: 1);
            cfg.Topic("faults", t => t.Partitions(1).Carries<Fault<Step>>());
            cfg.ReceiveEndpoint(endpoint, e =>
            {
                e.UseKafkaTransactions(t => (t.BatchTime, t.BatchSize) = (TimeSpan.FromSeconds(10), 3));
                e.ConnectReceiveEndpointObserver(new Faults(_unwell));
                e.Handler<Step>(context =>
                {
                    _handled.Add(context.Message.Number);
                    return context.Message.Number == 0 ? Copies.Copy(context) : throw new InvalidOperationException("planned");
                });
            });
        }, x => x.ConnectTimeout(TimeSpan.FromSeconds(1))));
    }

    private sealed class Faults(Arrivals<Exception?> faults) : IReceiveEndpointObserver
    {
        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted)
        {
            faults.Add(faulted.Exception);
            return Task.CompletedTask;
        }
    }
}
