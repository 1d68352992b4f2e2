using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

public sealed class RecordWavesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _given = [];
    private readonly Dictionary<string, Action<DeliveryReport<byte[]?, byte[]?>>> _reports = [];
    private readonly RecordWaves _waves;
    private Exception? _refusal;

    public RecordWavesTests() => _waves = new RecordWaves(Give, _time);

    public void Dispose() => _waves.Dispose();

    [Fact]
    public void a_record_that_finds_nothing_under_way_goes_at_once()
    {
        _ = Send("a");

        Assert.Equal(["a"], _given);
    }

    [Fact]
    public async Task those_that_come_meanwhile_go_together_and_in_order_when_all_under_way_are_acknowledged()
    {
        var a = Send("a");
        _ = Send("b");
        _ = Send("c");
        Assert.Equal(["a"], _given);

        Report("a");
        Assert.False((await a).IsError);
        Assert.Equal(["a", "b", "c"], _given);

        _ = Send("d");
        Report("b");
        Assert.Equal(["a", "b", "c"], _given);
        Report("c");
        Assert.Equal(["a", "b", "c", "d"], _given);
    }

    [Fact]
    public void a_record_that_is_not_acknowledged_holds_the_others_up_no_longer_than_the_patience()
    {
        _ = Send("a");
        _ = Send("b");
        Assert.Equal(["a"], _given);

        _time.Advance(RecordWaves.Patience);
        Assert.Equal(["a", "b"], _given);

        _ = Send("c");
        _time.Advance(RecordWaves.Patience);
        Assert.Equal(["a", "b", "c"], _given);
    }

    [Fact]
    public async Task what_the_client_does_not_take_fails_for_its_sender_and_holds_up_nothing()
    {
        _ = Send("a");
        var b = Send("b");
        _refusal = new ProduceException<byte[]?, byte[]?>(new Error(ErrorCode.Local_QueueFull), new DeliveryResult<byte[]?, byte[]?>());
        Report("a");

        Assert.Equal(ErrorCode.Local_QueueFull, (await Assert.ThrowsAsync<ProduceException<byte[]?, byte[]?>>(() => b)).Error.Code);

        _refusal = null;
        _ = Send("c");
        Assert.Equal(["a", "c"], _given);
    }

    [Fact]
    public void nothing_waits_when_the_client_is_about_to_be_flushed()
    {
        _ = Send("a");
        _ = Send("b");
        _waves.Hasten();
        _ = Send("c");

        Assert.Equal(["a", "b", "c"], _given);
    }

    [Fact]
    public async Task a_client_that_is_gone_fails_what_is_under_way_and_what_waits()
    {
        var a = Send("a");
        var b = Send("b");
        _waves.Abandon(new Error(ErrorCode.Local_Destroy));

        Assert.Equal(ErrorCode.Local_Destroy, (await a).Code);
        Assert.Equal(ErrorCode.Local_Destroy, (await b).Code);
        Assert.Equal(["a"], _given);

        // One that was about to be sent is refused by the client and waits for nobody.
        _refusal = new ObjectDisposedException("producer");
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Send("c"));
    }

    private Task<Error> Send(string topic) =>
        _waves.Produce(new TopicPartition(topic, Partition.Any), new Message<byte[]?, byte[]?>()).Task.AsTask();

    private void Report(string topic) => _reports[topic](new DeliveryReport<byte[]?, byte[]?> { Error = new Error(ErrorCode.NoError) });

    private void Give(TopicPartition destination, Message<byte[]?, byte[]?> record, Action<DeliveryReport<byte[]?, byte[]?>> report)
    {
        if (_refusal != null)
            throw _refusal;

        _given.Add(destination.Topic);
        _reports[destination.Topic] = report;
    }
}
