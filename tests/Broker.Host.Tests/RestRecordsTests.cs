using System.Net;
using System.Text;
using System.Text.Json;
using Broker.Host.Tests.Support;
using Broker.Protocol.Messages;
using Broker.Records;

namespace Broker.Host.Tests;

public sealed class RestRecordsTests : IAsyncLifetime
{
    private RestBroker _rest = null!;

    public async ValueTask InitializeAsync()
    {
        _rest = await RestBroker.StartAsync();
        await _rest.PostAsync("/topics", """{"name": "t", "partitions": 2}""", HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _rest.DisposeAsync();

    [Fact]
    public async Task records_come_back_as_they_were_sent()
    {
        var produced = await _rest.PostAsync("/topics/t/records", """
            {"records": [
              {"key": "k", "value": {"a": [1, 2]}, "partition": 1, "timestamp": "2026-01-02T03:04:05Z",
               "headers": [{"name": "h", "value": "1"}, {"name": "h", "valueBase64": "/w=="}]},
              {"keyBase64": "/wA=", "value": "text", "partition": 1},
              {"value": null, "key": 7, "partition": 1}
            ]}
            """);
        var page = await _rest.GetAsync("/topics/t/records?partition=1");

        Assert.Equal(["1:0", "1:1", "1:2"], produced.GetProperty("records").EnumerateArray().Select(r => $"{r.GetProperty("partition")}:{r.GetProperty("offset")}"));
        var records = page.GetProperty("records");
        Assert.Equal("""{"a": [1, 2]}""", records[0].GetProperty("value").GetRawText());
        Assert.Equal("2026-01-02T03:04:05+00:00", records[0].GetProperty("timestamp").GetString());
        Assert.Equal("1", records[0].GetProperty("headers")[0].GetProperty("value").GetString());
        Assert.Equal("/w==", records[0].GetProperty("headers")[1].GetProperty("valueBase64").GetString());
        Assert.Equal("/wA=", records[1].GetProperty("keyBase64").GetString());
        Assert.Equal("text", records[1].GetProperty("value").GetString());
        Assert.Equal(JsonValueKind.Null, records[2].GetProperty("value").ValueKind);
        Assert.Equal("7", records[2].GetProperty("key").GetString());
        Assert.Equal("1:3", page.GetProperty("cursor").GetString());
    }

    [Fact]
    public async Task a_body_that_is_not_JSON_is_the_value_of_one_record()
    {
        using var body = new StringContent("plain", Encoding.UTF8, "text/plain");
        var produced = await RestBroker.ReadAsync(await _rest.Http.PostAsync("/topics/t/records?key=k&partition=0&header=a=b%3Dc", body), HttpStatusCode.OK);

        var record = (await _rest.GetAsync("/topics/t/records?format=base64")).GetProperty("records")[0];
        Assert.Equal(0, produced.GetProperty("records")[0].GetProperty("offset").GetInt64());
        Assert.Equal("cGxhaW4=", record.GetProperty("valueBase64").GetString());
        Assert.Equal("Yj1j", record.GetProperty("headers")[0].GetProperty("valueBase64").GetString());
    }

    [Fact]
    public async Task reading_goes_on_where_the_cursor_says()
    {
        await ProduceAsync(0, "a", "b", "c");
        await ProduceAsync(1, "x");

        var first = await _rest.GetAsync("/topics/t/records?limit=2");
        var second = await _rest.GetAsync($"/topics/t/records?cursor={first.GetProperty("cursor").GetString()}");
        var last = await _rest.GetAsync("/topics/t/records?partition=0&offset=-1");

        Assert.Equal(["a", "b"], Values(first));
        Assert.Equal(["c", "x"], Values(second));
        Assert.Equal(["c"], Values(last));
        Assert.Empty(Values(await _rest.GetAsync("/topics/t/records?time=2100-01-01T00:00:00Z")));
    }

    [Theory]
    [InlineData("1500", "b", "c")]
    [InlineData("2000", "b", "c")]
    [InlineData("1970-01-01T00:00:02.001Z", "c")]
    [InlineData("0", "a", "b", "c")]
    [InlineData("3001")]
    public async Task a_time_within_the_log_is_its_first_record_that_is_not_older(string time, params string[] values)
    {
        foreach (var (value, timestamp) in new[] { ("a", 1000), ("b", 2000), ("c", 3000) })
            await _rest.PostAsync("/topics/t/records", $$"""{"value": "{{value}}", "timestamp": {{timestamp}}, "partition": 0}""");

        Assert.Equal(values, Values(await _rest.GetAsync($"/topics/t/records?time={time}")));
    }

    [Fact]
    public async Task records_of_open_and_aborted_transactions_are_read_only_when_asked_for()
    {
        using var client = await KafkaClient.ConnectAsync(_rest.KafkaPort);
        // As old as the marker that follows it: a gap of days would begin another segment, and a page ends with its segment.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (id, value, ends) in new[] { ("a", "aborted", true), ("b", "open", false) })
        {
            var producer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionalId = id, TransactionTimeoutMs = 60_000 }, 4);
            await client.AskAsync<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(
                new() { TransactionalId = id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Topics = [new() { Name = "t", Partitions = [0] }] }, 3);
            var batch = new RecordBatchBuilder { ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, BaseSequence = 0, IsTransactional = true };
            var request = Requests.Produce("t", batch.Add(now, null, Encoding.UTF8.GetBytes(value)).Build());
            request.TransactionalId = id;
            Assert.Equal(Protocol.ErrorCode.None, Requests.Only(await client.AskAsync<ProduceRequest, ProduceResponse>(request, Requests.ProduceVersion)).ErrorCode);
            if (ends)
                await client.AskAsync<EndTxnRequest, EndTxnResponse>(new() { TransactionalId = id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch }, 3);
        }

        using var tail = await EventStream.OpenAsync(_rest.Http, "/topics/t/tail?partition=0&offset=earliest&committed=false");

        Assert.Empty(Values(await _rest.GetAsync("/topics/t/records?partition=0")));
        Assert.Equal(["aborted", "open"], Values(await _rest.GetAsync("/topics/t/records?partition=0&committed=false")));
        Assert.Equal(["aborted", "open"], [await tail.NextValueAsync(), await tail.NextValueAsync()]);
    }

    [Fact]
    public async Task a_cursor_older_than_a_partition_begins_at_its_first_record()
    {
        await ProduceAsync(0, "a");
        var before = await _rest.GetAsync("/topics/t/records");
        await _rest.SendAsync(HttpMethod.Patch, "/topics/t", """{"partitions": 3}""");
        await ProduceAsync(2, "b");

        var after = await _rest.GetAsync($"/topics/t/records?cursor={before.GetProperty("cursor").GetString()}");

        Assert.Equal(["b"], Values(after));
    }

    [Fact]
    public async Task a_read_that_may_wait_gets_what_comes()
    {
        var waiting = _rest.GetAsync("/topics/t/records?offset=latest&wait=30000");
        await WaitForReaderAsync();
        await ProduceAsync(1, "new");

        Assert.Equal(["new"], Values(await waiting));
    }

    [Theory]
    [InlineData("{", "body", "line 1")]
    [InlineData("[]", "body", "JSON object")]
    [InlineData("""{"records": []}""", "records", "1 to 10000")]
    [InlineData("""{"records": [{"value": "x"}, {"valu": "x"}]}""", "records[1].valu", "no \"valu\"")]
    [InlineData("""{"valueBase64": "?"}""", "valueBase64", "base64")]
    [InlineData("""{"value": 1, "partition": -1}""", "partition", "whole number")]
    [InlineData("""{"value": 1, "timestamp": "yesterday"}""", "timestamp", "yesterday")]
    [InlineData("""{"value": 1, "headers": [{"value": "x"}]}""", "headers[0]", "name")]
    [InlineData("""{"value": "\ud800"}""", "body", "byte 10")]
    [InlineData("""{"value": {"a": "\udc00"}}""", "body", "byte 16")]
    [InlineData("""{"records": [{"headers": [{"name": "\ud800x", "value": "x"}]}]}""", "body", "half of a surrogate pair")]
    [InlineData("""{"timestamp": "\ud800"}""", "body", "no Unicode")]
    [InlineData("""{"\ud800": 1}""", "body", "byte 1 ")]
    public async Task a_record_that_is_wrong_is_refused_with_what_and_where(string body, string where, string what)
    {
        var problem = await _rest.PostAsync("/topics/t/records", body, HttpStatusCode.BadRequest);

        Assert.Equal(where, problem.GetProperty("where").GetString());
        Assert.Contains(what, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("/topics/t/records", problem.GetProperty("instance").GetString());
    }

    [Theory]
    [InlineData("POST", "/topics/t/records", "{\"value\": \"?\"}")]
    [InlineData("POST", "/topics/t/records", "{\"value\": {\"?\": 1}}")]
    [InlineData("PATCH", "/topics/t/configs", "{\"retention.ms\": \"?\"}")]
    public async Task a_text_that_is_no_UTF8_is_refused(string method, string path, string body)
    {
        var bytes = Encoding.ASCII.GetBytes(body);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xff;
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json");

        var problem = await RestBroker.ReadAsync(await _rest.Http.SendAsync(request), HttpStatusCode.BadRequest);

        Assert.Contains("no Unicode", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_time_behind_the_year_9999_is_shown_as_a_number()
    {
        await _rest.PostAsync("/topics", """{"name": "far", "configs": {"message.timestamp.after.max.ms": 9223372036854775807}}""", HttpStatusCode.Created);
        using var client = await KafkaClient.ConnectAsync(_rest.KafkaPort);
        var builder = new RecordBatchBuilder();
        builder.Add(long.MaxValue, null, "x"u8.ToArray());
        await client.ProduceAsync("far", builder.Build());

        var page = await _rest.GetAsync("/topics/far/records");
        using var tail = await EventStream.OpenAsync(_rest.Http, "/topics/far/tail?offset=earliest");

        Assert.Equal(long.MaxValue, page.GetProperty("records")[0].GetProperty("timestamp").GetInt64());
        Assert.Equal("x", await tail.NextValueAsync());
    }

    [Theory]
    [InlineData("/topics/none/records", HttpStatusCode.NotFound, null)]
    [InlineData("/topics/t/records?partition=7", HttpStatusCode.NotFound, null)]
    [InlineData("/topics/t/records?partition=0&offset=5", HttpStatusCode.RequestedRangeNotSatisfiable, null)]
    [InlineData("/topics/t/records?offset=somewhere", HttpStatusCode.BadRequest, "query offset")]
    [InlineData("/topics/t/records?limit=0", HttpStatusCode.BadRequest, "query limit")]
    [InlineData("/topics/t/records?wait=60000", HttpStatusCode.BadRequest, "query wait")]
    [InlineData("/topics/t/records?time=soon", HttpStatusCode.BadRequest, "query time")]
    [InlineData("/topics/t/records?cursor=0:1,0:2", HttpStatusCode.BadRequest, "query cursor")]
    [InlineData("/topics/t/records?format=xml", HttpStatusCode.BadRequest, "query format")]
    [InlineData("/topics/t/tail?committed=perhaps", HttpStatusCode.BadRequest, "query committed")]
    public async Task a_read_that_is_wrong_is_refused_with_what_and_where(string path, HttpStatusCode status, string? where)
    {
        var problem = await _rest.GetAsync(path, status);

        Assert.Equal(where, problem.TryGetProperty("where", out var place) ? place.GetString() : null);
    }

    [Fact]
    public async Task a_record_that_a_topic_does_not_take_leaves_the_others_stored()
    {
        await _rest.PostAsync("/topics", """{"name": "small", "partitions": 2, "configs": {"max.message.bytes": 100}}""", HttpStatusCode.Created);

        var produced = await _rest.PostAsync("/topics/small/records",
            $$"""{"records": [{"value": "x", "partition": 0}, {"value": "{{new string('x', 200)}}", "partition": 1}]}""", HttpStatusCode.MultiStatus);
        var refused = await _rest.PostAsync("/topics/small/records", $$"""{"value": "{{new string('x', 200)}}"}""", HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal(0, produced.GetProperty("records")[0].GetProperty("offset").GetInt64());
        Assert.Equal("MESSAGE_TOO_LARGE", produced.GetProperty("records")[1].GetProperty("error").GetString());
        Assert.Equal("MESSAGE_TOO_LARGE", refused.GetProperty("error").GetString());
    }

    [Fact]
    public async Task a_body_beyond_the_limit_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/topics/t/records");
        request.Content = new ByteArrayContent(new byte[Rest.RestApi.MaxBodyBytes + 1]);
        // Who sends it unasked may find the connection closed before it has read the answer.
        request.Headers.ExpectContinue = true;

        using var response = await _rest.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private Task ProduceAsync(int partition, params string[] values) => _rest.PostAsync(
        "/topics/t/records", JsonSerializer.Serialize(new { records = values.Select(value => new { value, partition }) }));

    private async Task WaitForReaderAsync()
    {
        while (_rest.Broker.Server.Topics.FindPartition("t", 0)!.DelayedFetches.Count == 0)
            await Task.Yield();
    }

    private static string[] Values(JsonElement page) => [.. page.GetProperty("records").EnumerateArray().Select(r => r.GetProperty("value").GetString()!)];
}
