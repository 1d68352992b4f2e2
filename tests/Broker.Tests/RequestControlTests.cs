using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Testing;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using TestBroker = Broker.Tests.Support.TestBroker;

namespace Broker.Tests;

public sealed class RequestControlTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private TestBroker _broker = null!;
    private KafkaClient _client = null!;

    private RequestControl Control => _broker.Server.Control;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.StartAsync(time: _time);
        _client = await _broker.ConnectAsync();
        await _client.CreateTopicAsync("t");
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task an_error_is_answered_as_often_as_asked_and_nothing_is_stored()
    {
        using var rule = Control.On(ApiKey.Produce).Times(2).Answer(ErrorCode.NotLeaderOrFollower);

        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await _client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await _client.ProduceAsync("t", Requests.Batch("2"))).ErrorCode);
        var third = await _client.ProduceAsync("t", Requests.Batch("3"));

        Assert.Equal((ErrorCode.None, 0), (third.ErrorCode, third.BaseOffset));
        Assert.Equal(2, rule.Hits);
    }

    [Fact]
    public async Task a_rule_stays_until_it_is_disposed()
    {
        using (Control.On(ApiKey.Produce).Answer(ErrorCode.KafkaStorageError))
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal(ErrorCode.KafkaStorageError, (await _client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
        }

        Assert.Equal(ErrorCode.None, (await _client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
    }

    [Fact]
    public async Task an_observer_sees_the_request_and_the_broker_handles_it()
    {
        ControlledRequest? seen = null;
        Control.On(ApiKey.Produce).Once().Observe(request => seen = request);

        await _client.ProduceAsync("t", Requests.Batch("1", "2"));
        await _client.ProduceAsync("t", Requests.Batch("3"));

        Assert.Equal("Produce v9 from test", seen!.ToString());
        Assert.Equal("t", Assert.Single(seen.Read<ProduceRequest>().TopicData).Name);
        Assert.Throws<InvalidOperationException>(() => seen.Read<FetchRequest>());
        Assert.Equal(["0:1", "1:2", "2:3"], (await _client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Fact]
    public async Task an_answer_of_the_tests_own_is_sent_instead_of_the_brokers()
    {
        Control.On(ApiKey.ListOffsets).Once().Answer((ListOffsetsRequest request) => new ListOffsetsResponse
        {
            Topics = [new() { Name = request.Topics[0].Name, Partitions = [new() { Offset = 4711 }] }],
        });

        var answer = await _client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(Requests.ListOffsets("t", -1), 7);

        Assert.Equal(4711, answer.Topics[0].Partitions[0].Offset);
        Assert.Throws<ArgumentException>(() => Control.On(ApiKey.Fetch).Answer((ListOffsetsRequest _) => new ListOffsetsResponse()));
    }

    [Fact]
    public async Task a_delayed_request_holds_up_the_later_ones_of_its_connection()
    {
        using var rule = Control.On(ApiKey.Produce).Once().Delay(TimeSpan.FromSeconds(5));

        var first = await _client.SendAsync(Requests.Produce("t", Requests.Batch("1")), Requests.ProduceVersion);
        var second = await _client.SendAsync(Requests.Produce("t", Requests.Batch("2")), Requests.ProduceVersion);
        await rule.WaitAsync();
        var other = await _broker.ConnectAsync();
        Assert.Equal(0, (await other.ProduceAsync("t", Requests.Batch("3"))).BaseOffset);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, Requests.Only(await _client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, first)).BaseOffset);
        Assert.Equal(2, Requests.Only(await _client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, second)).BaseOffset);
    }

    [Fact]
    public async Task a_held_request_goes_on_when_the_test_lets_it()
    {
        var release = new TaskCompletionSource();
        using var rule = Control.On(ApiKey.Produce).HoldUntil(release.Task);

        var held = _client.ProduceAsync("t", Requests.Batch("1"));
        await rule.WaitAsync();
        Assert.Empty((await (await _broker.ConnectAsync()).FetchAsync(Requests.Fetch("t", 0))).Records());
        release.SetResult();

        Assert.Equal(0, (await held).BaseOffset);
    }

    [Fact]
    public async Task a_dropped_answer_is_of_a_request_that_was_handled()
    {
        Control.On(ApiKey.Produce).Once().DropAnswer();

        await _client.SendAsync(Requests.Produce("t", Requests.Batch("1")), Requests.ProduceVersion);
        var second = await _client.ProduceAsync("t", Requests.Batch("2"));

        Assert.Equal(1, second.BaseOffset);
    }

    [Fact]
    public async Task a_dropped_request_is_not_handled_and_its_connection_goes_on()
    {
        using var rule = Control.On(ApiKey.Produce).Once().DropRequest();

        await _client.SendAsync(Requests.Produce("t", Requests.Batch("1")), Requests.ProduceVersion);
        var second = await _client.ProduceAsync("t", Requests.Batch("2"));

        Assert.Equal((1, 0), (rule.Hits, second.BaseOffset));
        Assert.Equal(["0:2"], (await _client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Fact]
    public async Task a_dropped_fetch_lets_its_files_go()
    {
        await _client.ProduceAsync("t", Requests.Batch("1"));
        Control.On(ApiKey.Fetch).Once().DropAnswer();

        await _client.SendAsync(Requests.Fetch("t", 0), Requests.FetchVersion);

        Assert.Equal(["0:1"], (await _client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_connection_closed_instead_of_an_answer_leaves_the_client_in_doubt(bool handled)
    {
        var rule = Control.On(ApiKey.Produce).Once();
        _ = handled ? rule.CloseInsteadOfAnswering() : rule.CloseBeforeHandling();

        await Assert.ThrowsAsync<IOException>(() => _client.ProduceAsync("t", Requests.Batch("1")));

        var records = (await (await _broker.ConnectAsync()).FetchAsync(Requests.Fetch("t", 0))).Records();
        Assert.Equal(handled ? ["0:1"] : [], records);
    }

    [Fact]
    public async Task a_failed_produce_without_acks_closes_its_connection()
    {
        Control.On(ApiKey.Produce).Once().Answer(ErrorCode.NotLeaderOrFollower);

        await _client.SendAsync(Requests.Produce("t", Requests.Batch("1"), acks: 0), Requests.ProduceVersion);

        Assert.Null(await _client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task rules_are_looked_at_in_the_order_in_which_they_were_made()
    {
        var seen = 0;
        Control.OnAny().Observe(_ => seen++);
        Control.On(ApiKey.Produce).Where(r => r.ClientId == "somebody else").Answer(ErrorCode.InvalidTopicException);
        Control.On(ApiKey.Produce).Once().Answer(ErrorCode.MessageTooLarge);
        Control.On(ApiKey.Produce).Answer(ErrorCode.KafkaStorageError);

        Assert.Equal(ErrorCode.MessageTooLarge, (await _client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await _client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
        Control.Clear();
        Assert.Equal(ErrorCode.None, (await _client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
        Assert.Equal(2, seen);
    }
}
