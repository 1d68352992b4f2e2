using Confluent.Kafka;
using MassTransit.LogTransport.Scheduling;

namespace MassTransit.LogTransport.Tests;

/// <summary>How a partition of the schedule is understood, record by record.</summary>
public sealed class WaitingMessagesTests
{
    private static readonly DateTimeOffset Due = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TopicPartition Partition = new("schedule", 0);
    private readonly WaitingMessages _messages = new(Partition, new MemoryBudget(long.MaxValue));
    private readonly Guid _token = Guid.NewGuid();
    private long _offset;

    [Fact]
    public void a_record_without_a_value_cancels_what_was_written_before_it_only()
    {
        Waits();
        Cancelled();
        Assert.Equal(0, _messages.Count);

        Waits();
        Assert.Equal(1, _messages.Count);
    }

    [Fact]
    public void a_delivered_message_is_off_the_schedule_and_a_later_one_of_the_same_token_is_not()
    {
        var first = Waits();
        var second = Waits();

        Delivered(first);
        Assert.Equal([second], _messages.TakeOvertaken().Select(x => x.Offset));
        Delivered(second);

        Assert.Equal(0, _messages.Count);
        Assert.Empty(_messages.TakeOvertaken());
    }

    [Fact]
    public void an_overtaken_message_is_something_to_do_at_once_until_it_is_written_again()
    {
        var first = Waits();
        Waits();
        Assert.Equal(Due, _messages.Next);

        Delivered(first);
        Assert.Equal(DateTimeOffset.MinValue, _messages.Next);
        var overtaken = _messages.TakeOvertaken();
        _messages.StillOvertaken(overtaken);
        Assert.Equal(overtaken, _messages.TakeOvertaken());

        Waits();
        Assert.Equal(Due, _messages.Next);
        Assert.Equal(1, _messages.Count);
    }

    [Fact]
    public void an_overtaken_message_that_is_being_delivered_is_not_written_again_before_it_has_failed()
    {
        var first = Waits();
        Waits();
        var taken = _messages.TakeDue(Due, 1, long.MaxValue).Single();
        Delivered(first);

        Assert.Empty(_messages.TakeOvertaken());
        Assert.Null(_messages.Next);
        _messages.PutBack(taken);

        Assert.Equal([taken], _messages.TakeOvertaken());
    }

    [Fact]
    public void a_message_cancelled_while_it_is_being_delivered_does_not_come_back()
    {
        Waits();
        var taken = _messages.TakeDue(Due, 1, long.MaxValue).Single();

        Cancelled();
        _messages.PutBack(taken);

        Assert.Empty(_messages.TakeDue(Due, 1, long.MaxValue));
        Assert.Equal(0, _messages.Count);
    }

    [Fact]
    public void what_was_written_is_read_when_its_last_record_is_or_when_the_end_is_told()
    {
        Waits();
        var (records, end) = (_messages.ReadUpTo(2), 5);
        Assert.False(records.IsCompleted);
        Waits();
        Assert.True(records.IsCompletedSuccessfully);

        var told = _messages.ReadUpTo(end);
        Assert.False(told.IsCompleted);
        _messages.ReachedEnd(end);

        Assert.True(told.IsCompletedSuccessfully);
        Assert.True(_messages.ReadUpTo(end).IsCompletedSuccessfully);
    }

    [Fact]
    public void all_is_given_back_when_the_last_taken_message_is()
    {
        Waits();
        Waits(Guid.NewGuid());
        var taken = _messages.TakeDue(Due, 2, long.MaxValue);

        var end = _messages.End();
        _messages.PutBack(taken[0]);
        Assert.False(end.IsCompleted);
        _messages.Delivered(taken[1]);

        Assert.True(end.IsCompletedSuccessfully);
        Assert.Equal(1, _messages.Count);
    }

    private long Waits(Guid? token = null)
    {
        return Receive(ScheduleRecords.Waiting(token ?? _token, Due, ["topic"], new Message<byte[]?, byte[]?> { Value = [1] }));
    }

    private void Cancelled() => Receive(new Message<byte[]?, byte[]?> { Key = System.Text.Encoding.UTF8.GetBytes($"{_token}"), Headers = [] });

    private void Delivered(long offset) => Receive(ScheduleRecords.Delivered(_token, offset));

    private long Receive(Message<byte[]?, byte[]?> record)
    {
        _messages.Received(new ConsumeResult<byte[]?, byte[]?> { TopicPartitionOffset = new TopicPartitionOffset(Partition, _offset), Message = record });
        return _offset++;
    }
}
