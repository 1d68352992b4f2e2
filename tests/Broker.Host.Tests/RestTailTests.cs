using System.Net;
using Broker.Host.Rest;
using Broker.Host.Tests.Support;
using Broker.InProcess;
using Broker.Testing;

namespace Broker.Host.Tests;

public sealed class RestTailTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;
    private RestBroker _rest = null!;

    public async ValueTask InitializeAsync()
    {
        _rest = await RestBroker.StartAsync();
        await _rest.Broker.Server.Admin.CreateTopicAsync("t", partitions: 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _rest.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task a_tail_that_was_broken_goes_on_behind_its_last_event()
    {
        await ProduceAsync(0, "before");
        using var first = await TailAsync();
        await ProduceAsync(0, "one");
        await ProduceAsync(1, "two");
        Assert.Equal("one", await first.NextValueAsync());

        using var again = await TailAsync(lastEventId: first.LastId);
        await ProduceAsync(1, "three");

        Assert.Equal("two", await again.NextValueAsync());
        Assert.Equal("three", await again.NextValueAsync());
    }

    [Fact]
    public async Task a_value_of_several_lines_is_one_event()
    {
        await _rest.PostAsync("/topics/t/records", "{\"value\": {\n\"a\":\r\n1}}");

        using var tail = await TailAsync("?offset=earliest");

        Assert.Equal("""{"a":1}""", await tail.NextValueAsync());
    }

    [Fact]
    public async Task a_partition_that_the_topic_gets_meanwhile_is_followed_from_its_first_record()
    {
        using var tail = await TailAsync();
        await _rest.Broker.Server.Admin.AddPartitionsAsync("t", 3);
        await ProduceAsync(2, "new");
        await ProduceAsync(0, "wakes the reader");

        var values = new[] { await tail.NextValueAsync(), await tail.NextValueAsync() };

        Assert.Equal(["new", "wakes the reader"], values.Order());
        Assert.Equal("0:1,1:0,2:1", tail.LastId);
    }

    [Fact]
    public async Task a_tail_of_one_partition_stays_with_it()
    {
        using var tail = await TailAsync("?partition=1");
        await _rest.Broker.Server.Admin.AddPartitionsAsync("t", 3);
        await ProduceAsync(2, "other");
        await ProduceAsync(1, "own");
        await ProduceAsync(1, "own too");

        Assert.Equal(["own", "own too"], [await tail.NextValueAsync(), await tail.NextValueAsync()]);
        Assert.Equal("1:2", tail.LastId);
    }

    [Theory]
    [InlineData("0:1,1:0")]
    [InlineData("0:1,1:7")]
    [InlineData("0:1")]
    public async Task a_place_that_the_log_no_longer_has_is_told_and_the_stream_goes_on(string lastEventId)
    {
        await ProduceAsync(0, "a", "b", "c", "d");
        using (var client = await KafkaClient.ConnectAsync(_rest.KafkaPort))
            await client.AskAsync<Protocol.Messages.DeleteRecordsRequest, Protocol.Messages.DeleteRecordsResponse>(Requests.DeleteRecords("t", 3), 2);

        using var tail = await TailAsync(lastEventId: lastEventId);

        var (name, gap) = (await tail.NextAsync())!.Value;
        Assert.Equal(("gap", 0, 1L, 3L), (name, gap.GetProperty("partition").GetInt32(), gap.GetProperty("from").GetInt64(), gap.GetProperty("to").GetInt64()));
        if (lastEventId == "0:1,1:7")
            Assert.Equal((7L, 0L), ((await tail.NextAsync())!.Value.Data is var beyond ? beyond.GetProperty("from").GetInt64() : 0, beyond.GetProperty("to").GetInt64()));
        Assert.Equal("0:3,1:0", tail.LastId);
        Assert.Equal("d", await tail.NextValueAsync());
    }

    [Fact]
    public async Task an_offline_partition_is_named_and_the_others_are_read()
    {
        await using var rest = await WithOfflinePartitionAsync(1);

        var page = await rest.GetAsync("/topics/t/records", HttpStatusCode.MultiStatus);
        var next = await rest.GetAsync("/topics/t/records?cursor=0:0,1:1", HttpStatusCode.MultiStatus);
        using var tail = await EventStream.OpenAsync(rest.Http, "/topics/t/tail?offset=earliest", "0:0,1:1");
        var (name, offline) = (await tail.NextAsync())!.Value;

        Assert.Equal("one", page.GetProperty("records").EnumerateArray().Single().GetProperty("value").GetString());
        Assert.Equal(["0 ", "1 KAFKA_STORAGE_ERROR"], page.GetProperty("positions").EnumerateArray().Select(
            p => $"{p.GetProperty("partition")} {(p.TryGetProperty("error", out var error) ? error.GetString() : "")}"));
        Assert.Equal("0:1", page.GetProperty("cursor").GetString());
        Assert.Equal("0:1,1:1", next.GetProperty("cursor").GetString());
        Assert.Equal(("offline", 1, "KAFKA_STORAGE_ERROR"), (name, offline.GetProperty("partition").GetInt32(), offline.GetProperty("error").GetString()));
        Assert.Equal("one", await tail.NextValueAsync());
        Assert.Equal("0:1,1:1", tail.LastId);
        await rest.GetAsync("/topics/t/records?partition=1", HttpStatusCode.InsufficientStorage);
    }

    [Fact]
    public async Task a_topic_without_a_partition_online_is_refused()
    {
        await using var rest = await WithOfflinePartitionAsync(0, 1);

        Assert.Equal("KAFKA_STORAGE_ERROR", (await rest.GetAsync("/topics/t/tail", HttpStatusCode.InsufficientStorage)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task one_stream_more_than_there_may_be_is_refused_until_another_ends()
    {
        var tails = new Stack<EventStream>();
        for (var i = 0; i < TailApi.MaxStreams; i++)
            tails.Push(await TailAsync());

        await _rest.GetAsync("/topics/t/tail", HttpStatusCode.ServiceUnavailable);
        tails.Pop().Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var taken = false; !taken;)
        {
            using var answer = await _rest.Http.GetAsync("/topics/t/tail", HttpCompletionOption.ResponseHeadersRead, patience.Token);
            taken = answer.StatusCode == HttpStatusCode.OK;
        }

        foreach (var tail in tails)
            tail.Dispose();
    }

    [Fact]
    public async Task a_client_that_reads_slowly_is_waited_for_and_gets_everything_in_order()
    {
        const int Records = 120;
        const int ValueBytes = 400_000;
        const long MostOnTheWay = 20_000_000;
        using var tail = await TailAsync("?partition=0");
        for (var i = 0; i < Records; i++)
            await ProduceAsync(0, $"{i} {new string('x', ValueBytes)}");

        for (var i = 0; i < Records; i++)
        {
            Assert.StartsWith($"{i} ", await tail.NextValueAsync(), StringComparison.Ordinal);
            var fetched = _rest.Broker.Server.Topics.Counts[Topics.TopicCounter.BytesOut];
            Assert.True(fetched - (i * (long)ValueBytes) < MostOnTheWay, $"At record {i} the broker had read {fetched} bytes for a client that had not.");
        }
    }

    [Fact]
    public async Task a_stopping_broker_ends_its_tails()
    {
        using var tail = await TailAsync();

        _rest.Port.Show(null);
        await _rest.Broker.StopAsync();

        Assert.Null(await tail.NextAsync());
        await _rest.GetAsync("/topics/t/records", HttpStatusCode.ServiceUnavailable);
    }

    private Task<EventStream> TailAsync(string query = "", string? lastEventId = null) => EventStream.OpenAsync(_rest.Http, $"/topics/t/tail{query}", lastEventId);

    private Task ProduceAsync(int partition, params string[] values) => ProduceAsync(_rest.Broker, partition, values);

    private static Task ProduceAsync(TestBroker broker, int partition, params string[] values) => broker.Server.Records.ProduceAsync(
        "t", [.. values.Select(value => new NewRecord(null, System.Text.Encoding.UTF8.GetBytes(value)) { Partition = partition })]);

    /// <summary>Of two, each with one record.</summary>
    private async Task<RestBroker> WithOfflinePartitionAsync(params int[] partitions)
    {
        await using (var broker = await TestBroker.StartAsync(_directory))
        {
            await broker.Server.Admin.CreateTopicAsync("t", partitions: 2);
            await ProduceAsync(broker, 0, "one");
            await ProduceAsync(broker, 1, "two");
        }

        foreach (var partition in partitions)
            Directory.Delete(Path.Combine(_directory, $"t-{partition}"), recursive: true);
        return await RestBroker.StartAsync(directory: _directory);
    }
}
