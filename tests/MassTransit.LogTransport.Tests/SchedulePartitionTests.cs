using Confluent.Kafka;
using MassTransit.LogTransport.Scheduling;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>When a partition of the schedule delivers, with a broker and a delivery that do what the test says.</summary>
public sealed class SchedulePartitionTests : IAsyncDisposable
{
    private static readonly TopicPartition Partition = new("schedule", 0);
    private readonly FakeTimeProvider _time = new();
    private readonly Deliveries _deliveries = new();
    private readonly Arrivals<int> _asked = new();
    private readonly SchedulePartition _partition;
    private Func<long> _end = () => 0;
    private long _offset;

    public SchedulePartitionTests()
    {
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);

        _partition = new SchedulePartition(Partition, new ScheduleServices(_time, new MemoryBudget(long.MaxValue), End, new RecordLookup(null!), null!, LogContext.Current), _deliveries);
    }

    public async ValueTask DisposeAsync() => await _partition.Stop().Soon();

    [Fact]
    public async Task what_was_written_before_it_is_due_is_read_before_it_is_delivered()
    {
        var (cancelled, other) = (Waits(minutes: 10), Waits(minutes: 10));
        _partition.Start();
        await _asked.Next();

        // The cancellation is in the log, and its record still on its way to here.
        _end = () => 3;
        _time.Advance(TimeSpan.FromMinutes(10));
        await _asked.Next();
        Assert.Equal(0, _deliveries.Given.Count);
        Cancel(cancelled);

        Assert.Equal(other, await _deliveries.Given.Next());
        Assert.Equal(1, _deliveries.Given.Count);
    }

    [Fact]
    public async Task nothing_is_delivered_before_the_partition_is_read_from_its_beginning()
    {
        var first = Waits(minutes: 0);
        _end = () => 4;
        _partition.Start();
        await _asked.Next();
        var second = Waits(minutes: 0);
        Cancel(first);
        Assert.Equal(0, _deliveries.Given.Count);
        _partition.Messages.ReachedEnd(4);

        Assert.Equal(second, await _deliveries.Given.Next());
        Assert.Equal(1, _deliveries.Given.Count);
    }

    [Fact]
    public async Task an_end_that_nobody_tells_is_asked_for_again()
    {
        var message = Waits(minutes: 0);
        _end = () => throw new KafkaException(ErrorCode.Local_Transport);
        _partition.Start();
        await _asked.Next(2);
        Assert.Equal(0, _deliveries.Given.Count);
        _end = () => 1;

        Assert.Equal(message, await _deliveries.Given.Next());
    }

    [Fact]
    public async Task a_message_that_failed_is_delivered_again_after_a_pause()
    {
        var message = Waits(minutes: 0);
        _deliveries.Failing = 2;
        _partition.Start();

        Assert.Equal([message, message, message], await _deliveries.Given.Next(3));
        await Eventually.True(() => _partition.Messages.Count == 0, "it is delivered");
    }

    [Fact]
    public async Task one_that_comes_due_before_what_is_waited_for_is_not_waited_past()
    {
        Waits(minutes: 60);
        _partition.Start();
        await _asked.Next();

        var sooner = Waits(minutes: 5);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(sooner, await _deliveries.Given.Next());
    }

    private Task<long> End(TopicPartition partition)
    {
        var end = _end;
        _asked.Add(0);
        return Task.FromResult(end());
    }

    private Guid Waits(int minutes)
    {
        var token = Guid.NewGuid();
        Receive(ScheduleRecords.Waiting(token, _time.GetUtcNow().AddMinutes(minutes), ["topic"], new Message<byte[]?, byte[]?> { Value = [1] }));
        return token;
    }

    private void Cancel(Guid token) => Receive(new Message<byte[]?, byte[]?> { Key = System.Text.Encoding.UTF8.GetBytes($"{token}"), Headers = [] });

    private void Receive(Message<byte[]?, byte[]?> record)
    {
        _partition.Messages.Received(new ConsumeResult<byte[]?, byte[]?> { TopicPartitionOffset = new TopicPartitionOffset(Partition, _offset++), Message = record });
    }

    private sealed class Deliveries : IDueDelivery
    {
        public Arrivals<Guid> Given { get; } = new();
        public int Failing { get; set; }

        public Task Deliver(SchedulePartition partition, IReadOnlyList<PendingMessage> due, CancellationToken stopping)
        {
            foreach (var message in due)
            {
                Given.Add(message.Token);

                if (Failing-- > 0)
                    _ = partition.Failed(message, new InvalidOperationException("planned"));
                else
                    partition.Delivered(message);
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
