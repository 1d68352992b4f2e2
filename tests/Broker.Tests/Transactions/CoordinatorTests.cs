using Broker.Protocol;
using static Broker.Tests.Transactions.Support.CoordinatorScenario;

namespace Broker.Tests.Transactions;

public sealed class CoordinatorTests
{
    [Fact]
    public async Task a_decision_is_on_disk_before_its_first_marker_and_the_markers_before_the_word_that_it_is_done()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One, Two);
        var decided = new TaskCompletionSource();
        var marked = new TaskCompletionSource();
        (scenario.Log.Flush, scenario.Markers.Flush) = (decided.Task, marked.Task);

        var ending = scenario.EndAsync(producer, commit: true);
        Assert.Equal(("PrepareCommit", 0), (scenario.State, scenario.Markers.Written.Count));
        decided.SetResult();
        while (scenario.Markers.Written.Count < 2)
            await Task.Yield();
        Assert.Equal("PrepareCommit", scenario.State);
        Assert.False(ending.IsCompleted);
        marked.SetResult();

        Assert.Equal((ErrorCode.None, (short)1), ((await ending).Error, (await ending).Next.Epoch));
        Assert.Equal("CompleteCommit", scenario.State);
        Assert.Equal(["one-0 commit 1", "two-3 commit 1"], scenario.Markers.Written);
    }

    [Fact]
    public async Task an_end_that_the_sweep_has_begun_to_carry_out_is_answered_when_its_markers_are_on_disk()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One);
        var (decided, marked) = (new TaskCompletionSource(), new TaskCompletionSource());
        (scenario.Log.Flush, scenario.Markers.Flush) = (decided.Task, marked.Task);
        var ending = scenario.EndAsync(producer, commit: true);
        scenario.Log.Flush = Task.CompletedTask;
        while (scenario.Markers.Written.Count == 0)
        {
            scenario.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        // On this thread, as far as it comes.
        decided.SetResult();
        Assert.False(ending.IsCompleted);
        marked.SetResult();

        Assert.Equal(ErrorCode.None, (await ending).Error);
        Assert.Equal("CompleteCommit", scenario.State);
        Assert.Equal(["one-0 commit 1"], scenario.Markers.Written);
    }

    [Fact]
    public async Task a_defect_in_one_sweep_is_said_once_and_the_next_sweeps_go_on()
    {
        await using var scenario = await StartAsync();
        await scenario.BeginAsync(One);
        scenario.Log.AppendFault = new InvalidOperationException("a defect");
        scenario.Time.Advance(TimeSpan.FromSeconds(40));
        await scenario.Lines.WaitForAsync("A defect of the broker in its background work on transactions");
        for (var i = 0; i < 5; i++)
        {
            scenario.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        scenario.Log.AppendFault = null;
        await scenario.SweepUntilAsync("CompleteAbort");

        Assert.Single(scenario.Lines.Lines, l => l.Contains("A defect of the broker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task nothing_is_marked_when_the_decision_may_not_be_on_disk()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One);
        scenario.Log.Flush = Task.FromException(new IOException("no disk"));

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await scenario.EndAsync(producer, commit: true)).Error);

        Assert.Empty(scenario.Markers.Written);
    }

    [Fact]
    public async Task what_cannot_be_written_has_not_happened()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One);
        scenario.Log.AppendFault = new IOException("full");

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await scenario.EndAsync(producer, commit: true)).Error);
        Assert.Equal("Ongoing", scenario.State);
        scenario.Log.AppendFault = null;

        Assert.Equal(ErrorCode.None, (await scenario.EndAsync(producer, commit: true)).Error);
    }

    [Fact]
    public async Task a_start_after_any_record_finishes_what_was_decided_and_leaves_open_what_was_not()
    {
        await using var first = await StartAsync();
        var producer = await first.BeginAsync(One);
        await first.EndAsync(producer, commit: true);
        Assert.Equal(["t: Empty", "t: Ongoing", "t: PrepareCommit", "t: CompleteCommit"], first.Log.Records);
        string[][] markers = [[], [], [], ["one-0 commit 1"], []];
        string[] states = ["", "Empty", "Ongoing", "CompleteCommit", "CompleteCommit"];

        for (var kept = 0; kept < states.Length; kept++)
        {
            await using var second = await StartAsync(first.Log.CutTo(kept));
            Assert.Equal((kept, states[kept]), (kept, second.State));
            Assert.Equal(markers[kept], second.Markers.Written);
        }
    }

    [Fact]
    public async Task a_partition_that_takes_no_marker_is_tried_again_alone()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One, Two);
        scenario.Markers.Refusing = One;

        Assert.Equal(ErrorCode.None, (await scenario.EndAsync(producer, commit: false)).Error);
        Assert.Equal("PrepareAbort", scenario.State);
        Assert.Equal(ErrorCode.ConcurrentTransactions, (await scenario.EndAsync(producer, commit: false)).Error);
        scenario.Markers.Refusing = null;
        await scenario.SweepUntilAsync("CompleteAbort");

        Assert.Equal(["two-3 abort 1", "one-0 abort 1"], scenario.Markers.Written);
    }

    [Fact]
    public async Task a_transaction_that_takes_too_long_is_aborted_and_its_producer_may_go_on_with_the_next_epoch()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One);

        await scenario.SweepUntilAsync("CompleteAbort");

        Assert.Equal(["one-0 abort 1"], scenario.Markers.Written);
        Assert.Equal(ErrorCode.ProducerFenced, (await scenario.EndAsync(producer, commit: true, dialect: 0)).Error);
        Assert.Equal(ErrorCode.InvalidTxnState, (await scenario.EndAsync(producer, commit: true)).Error);
        Assert.Equal(1, (await scenario.InitAsync(known: producer)).Epoch);
    }

    [Fact]
    public async Task an_id_that_nobody_uses_is_forgotten_for_good()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.InitAsync();

        await scenario.SweepUntilAsync("");

        Assert.Equal(["t: Empty", "t: forgotten"], scenario.Log.Records);
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await scenario.Coordinator.AddPartitionsAsync("t", producer, [One]));
        await using var second = await StartAsync(scenario.Log);
        Assert.Equal("", second.State);
    }

    [Fact]
    public async Task a_partition_of_the_log_that_takes_no_more_serves_no_transactions()
    {
        await using var scenario = await StartAsync();
        var producer = await scenario.BeginAsync(One);
        scenario.Log.IsOffline = true;

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await scenario.Coordinator.AddPartitionsAsync("t", producer, [Two]));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await scenario.EndAsync(producer, commit: true)).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await scenario.Coordinator.InitAsync("t", 1000, null)).Error);
    }
}
