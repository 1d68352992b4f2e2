using System.Net;
using System.Text.Json;
using Broker.Host.Tests.Support;
using Broker.Protocol.Messages;

namespace Broker.Host.Tests;

public sealed class RestAdminTests : IAsyncLifetime
{
    private RestBroker _rest = null!;

    public async ValueTask InitializeAsync() => _rest = await RestBroker.StartAsync(o => o.OffsetsTopicNumPartitions = 1);

    public ValueTask DisposeAsync() => _rest.DisposeAsync();

    [Fact]
    public async Task a_topic_is_made_changed_and_deleted()
    {
        var made = await _rest.PostAsync("/topics", """{"name": "t", "partitions": 2, "configs": {"retention.ms": 1000}}""", HttpStatusCode.Created);
        var grown = await _rest.SendAsync(HttpMethod.Patch, "/topics/t", """{"partitions": 3}""");
        var configs = await _rest.SendAsync(HttpMethod.Patch, "/topics/t/configs", """{"retention.ms": null, "segment.bytes": "2048"}""");
        await RestBroker.ReadAsync(await _rest.Http.DeleteAsync("/topics/t"), HttpStatusCode.NoContent);

        Assert.Equal(2, made.GetProperty("partitions").GetArrayLength());
        Assert.Equal(3, grown.GetProperty("partitions").GetArrayLength());
        var set = configs.EnumerateArray().Where(c => c.GetProperty("isOverridden").GetBoolean()).Select(c => $"{c.GetProperty("name")}={c.GetProperty("value")}");
        Assert.Equal(["segment.bytes=2048"], set);
        await _rest.GetAsync("/topics/t", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"name": "t"}""", HttpStatusCode.Conflict, "TOPIC_ALREADY_EXISTS")]
    [InlineData("""{"name": "a/b"}""", HttpStatusCode.BadRequest, "INVALID_TOPIC_EXCEPTION")]
    [InlineData("""{"name": "u", "configs": {"retention.mss": 1}}""", HttpStatusCode.BadRequest, "INVALID_CONFIG")]
    [InlineData("""{"name": "u", "partitions": 0}""", HttpStatusCode.BadRequest, "INVALID_PARTITIONS")]
    [InlineData("""{"partitions": 1}""", HttpStatusCode.BadRequest, null)]
    [InlineData("""{"name": "u", "color": "red"}""", HttpStatusCode.BadRequest, null)]
    public async Task a_topic_that_cannot_be_made_is_refused(string body, HttpStatusCode status, string? error)
    {
        await _rest.Broker.Server.Admin.CreateTopicAsync("t");

        var problem = await _rest.PostAsync("/topics", body, status);

        Assert.Equal(error, problem.TryGetProperty("error", out var name) ? name.GetString() : null);
    }

    [Fact]
    public async Task a_groups_offsets_are_moved_after_a_look_at_what_would_happen()
    {
        await ProduceAsync("t", 10);

        var planned = await _rest.PostAsync("/groups/g/offsets", """{"topic": "t", "offset": 7, "dryRun": true}""");
        Assert.Equal("[]", (await _rest.GetAsync("/groups")).GetRawText());
        await _rest.PostAsync("/groups/g/offsets", """{"topic": "t", "offset": 7}""");
        var shifted = await _rest.PostAsync("/groups/g/offsets", """{"shift": -3}""");
        var group = await _rest.GetAsync("/groups/g");

        Assert.Equal("-1 -> 7", Move(planned));
        Assert.Equal("7 -> 4", Move(shifted));
        Assert.Equal("Empty", group.GetProperty("state").GetString());
        Assert.Equal(6, group.GetProperty("offsets")[0].GetProperty("lag").GetInt64());
        Assert.Equal("4 -> 0", Move(await _rest.PostAsync("/groups/g/offsets", """{"to": "earliest"}""")));
        Assert.Equal("0 -> 10", Move(await _rest.PostAsync("/groups/g/offsets", """{"to": "latest"}""")));
        Assert.Equal("10 -> 10", Move(await _rest.PostAsync("/groups/g/offsets", """{"time": "2100-01-01T00:00:00Z"}""")));
        Assert.Equal("10 -> 10", Move(await _rest.PostAsync("/groups/g/offsets", """{"shift": 100, "topic": "t", "partitions": [0]}""")));
    }

    [Theory]
    [InlineData("""{"to": "earliest"}""", "2 -> 0")]
    [InlineData("""{"to": "latest"}""", "2 -> 4")]
    [InlineData("""{"offset": 3}""", "2 -> 3")]
    [InlineData("""{"offset": 100}""", "2 -> 4")]
    [InlineData("""{"shift": -1}""", "2 -> 1")]
    [InlineData("""{"time": "1500"}""", "2 -> 1")]
    [InlineData("""{"time": "1970-01-01T00:00:03Z", "topic": "t", "partitions": [0]}""", "2 -> 2")]
    public async Task every_kind_of_reset_can_be_looked_at_first(string body, string move)
    {
        for (var i = 1; i <= 4; i++)
            await _rest.PostAsync("/topics/t/records", $$"""{"value": 1, "timestamp": {{i * 1000}}}""");
        await _rest.PostAsync("/groups/g/offsets", """{"topic": "t", "offset": 2}""");

        var planned = await _rest.PostAsync("/groups/g/offsets", body.Replace("{", """{"dryRun": true, """, StringComparison.Ordinal));
        var before = Committed(await _rest.GetAsync("/groups/g"));
        var moved = await _rest.PostAsync("/groups/g/offsets", body);

        Assert.Equal((move, true), (Move(planned), planned.GetProperty("dryRun").GetBoolean()));
        Assert.Equal(2, before);
        Assert.Equal((move, false), (Move(moved), moved.GetProperty("dryRun").GetBoolean()));
        Assert.Equal(move, $"2 -> {Committed(await _rest.GetAsync("/groups/g"))}");
    }

    [Fact]
    public async Task a_group_of_the_consumer_protocol_is_moved_once_its_members_are_gone()
    {
        await ProduceAsync("t", 4);
        using var member = await KafkaClient.ConnectAsync(_rest.KafkaPort);
        var joined = await member.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            new() { GroupId = "g", MemberId = "m", MemberEpoch = 0, RebalanceTimeoutMs = 60_000, SubscribedTopicNames = ["t"], TopicPartitions = [] }, 1);
        await member.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = "g", MemberId = "m", GenerationIdOrMemberEpoch = joined.MemberEpoch, Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 3 }] }] }, 9);

        await _rest.PostAsync("/groups/g/offsets", """{"to": "earliest"}""", HttpStatusCode.Conflict);
        await member.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(new() { GroupId = "g", MemberId = "m", MemberEpoch = -1 }, 1);

        Assert.Equal("3 -> 0", Move(await _rest.PostAsync("/groups/g/offsets", """{"to": "earliest"}""")));
        Assert.Equal(0, Committed(await _rest.GetAsync("/groups/g")));
    }

    [Fact]
    public async Task a_group_with_members_stays_where_it_is()
    {
        await ProduceAsync("t", 1);
        using var member = await KafkaClient.ConnectAsync(_rest.KafkaPort);
        await member.AskAsync<JoinGroupRequest, JoinGroupResponse>(
            new() { GroupId = "g", SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = "range" }] }, 3);

        var refused = await _rest.PostAsync("/groups/g/offsets", """{"topic": "t", "to": "earliest"}""", HttpStatusCode.Conflict);

        Assert.Equal("NON_EMPTY_GROUP", refused.GetProperty("error").GetString());
        await RestBroker.ReadAsync(await _rest.Http.DeleteAsync("/groups/g"), HttpStatusCode.Conflict);
        Assert.Equal("test", (await _rest.GetAsync("/groups/g")).GetProperty("members")[0].GetProperty("clientId").GetString());
    }

    [Theory]
    [InlineData("""{"topic": "t"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"topic": "t", "to": "middle"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"topic": "t", "to": "latest", "shift": 1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"to": "latest", "partitions": [0]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"to": "latest"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"topic": "none", "to": "latest"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"topic": "t", "partitions": [5], "to": "latest"}""", HttpStatusCode.NotFound)]
    public async Task a_reset_that_is_wrong_is_refused(string body, HttpStatusCode status)
    {
        await _rest.Broker.Server.Admin.CreateTopicAsync("t");

        await _rest.PostAsync("/groups/g/offsets", body, status);
    }

    [Fact]
    public async Task a_groups_id_may_have_a_slash()
    {
        await ProduceAsync("t", 1);
        await _rest.PostAsync("/groups/a%2Fb/offsets", """{"topic": "t", "to": "latest"}""");

        Assert.Equal("a/b", (await _rest.GetAsync("/groups/a%2Fb")).GetProperty("id").GetString());
        await RestBroker.ReadAsync(await _rest.Http.DeleteAsync("/groups/a%2Fb"), HttpStatusCode.NoContent);
        await _rest.GetAsync("/groups/a%2Fb", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_connection_shows_what_it_produces_to_and_fetches_from()
    {
        using var client = await KafkaClient.ConnectAsync(_rest.KafkaPort);
        await client.CreateTopicAsync("t");
        var batch = Requests.Batch("1", "2");
        await client.ProduceAsync("t", batch);
        await client.ProduceAsync("t", batch);
        await client.FetchAsync(Requests.Fetch("t", 0));

        var connection = (await _rest.GetAsync("/connections")).EnumerateArray().Single();

        Assert.Equal("test", connection.GetProperty("clientId").GetString());
        Assert.Equal("User:ANONYMOUS", connection.GetProperty("principal").GetString());
        Assert.Equal(4, connection.GetProperty("requests").GetInt64());
        Assert.Equal($"t 2 {2 * batch.Length}", Traffic(connection.GetProperty("produces")));
        Assert.Equal($"t 1 {2 * batch.Length}", Traffic(connection.GetProperty("fetches")));
    }

    [Fact]
    public async Task the_cluster_says_what_clients_need()
    {
        var cluster = await _rest.GetAsync("/cluster");

        Assert.Equal(_rest.Broker.BootstrapServers, cluster.GetProperty("bootstrapServers").GetString());
        Assert.Equal(_rest.Broker.Server.ClusterId, cluster.GetProperty("clusterId").GetString());
    }

    private Task ProduceAsync(string topic, int records) => _rest.Broker.Server.Records.ProduceAsync(
        topic, [.. Enumerable.Range(0, records).Select(i => new InProcess.NewRecord(null, [(byte)i]))]);

    private static long Committed(JsonElement group) => group.GetProperty("offsets").EnumerateArray().Single().GetProperty("committedOffset").GetInt64();

    private static string Move(JsonElement answer)
    {
        var move = answer.GetProperty("partitions").EnumerateArray().Single();
        return $"{move.GetProperty("from")} -> {move.GetProperty("to")}";
    }

    private static string Traffic(JsonElement traffic)
    {
        var topic = traffic.EnumerateArray().Single();
        return $"{topic.GetProperty("topic")} {topic.GetProperty("batches")} {topic.GetProperty("bytes")}";
    }
}
