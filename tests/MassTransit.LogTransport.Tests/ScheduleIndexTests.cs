using Confluent.Kafka;
using MassTransit.LogTransport.Scheduling;

namespace MassTransit.LogTransport.Tests;

public sealed class ScheduleIndexTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _offset;

    [Fact]
    public void the_earliest_due_comes_first_and_of_those_due_at_once_the_one_written_first()
    {
        var index = new ScheduleIndex(new MemoryBudget(long.MaxValue));
        PendingMessage[] messages = [Message(3), Message(1), Message(2), Message(1)];
        foreach (var message in messages)
            index.Add(message);

        Assert.Equal(At(1), index.NextDue);
        Assert.Equal([messages[1], messages[3], messages[2]], index.TakeDue(At(2), 10, long.MaxValue));
        Assert.Equal(At(3), index.NextDue);
        Assert.Equal(4, index.Count);
    }

    [Fact]
    public void nothing_is_taken_before_it_is_due()
    {
        var index = new ScheduleIndex(new MemoryBudget(long.MaxValue));
        index.Add(Message(1));

        Assert.Empty(index.TakeDue(At(1) - TimeSpan.FromTicks(1), 10, long.MaxValue));
        Assert.Single(index.TakeDue(At(1), 10, long.MaxValue));
        Assert.Empty(index.TakeDue(At(1), 10, long.MaxValue));
    }

    [Fact]
    public void no_more_are_taken_than_were_asked_for_nor_more_bytes_but_always_one()
    {
        var index = new ScheduleIndex(new MemoryBudget(long.MaxValue));
        for (var i = 0; i < 5; i++)
            index.Add(Message(1, bytes: 100));

        Assert.Equal(2, index.TakeDue(At(1), 2, long.MaxValue).Count);
        Assert.Single(index.TakeDue(At(1), 10, 1));
        Assert.Equal(2, index.TakeDue(At(1), 10, 101).Count);
    }

    [Fact]
    public void a_message_under_a_known_token_replaces_the_one_before_whether_that_waits_or_is_taken()
    {
        var index = new ScheduleIndex(new MemoryBudget(long.MaxValue));
        var token = Guid.NewGuid();
        var (first, second, third) = (Message(1, token: token), Message(2, token: token), Message(3, token: token));

        index.Add(first);
        index.Add(second);
        Assert.Equal([second], index.TakeDue(At(9), 10, long.MaxValue));
        index.Add(third);
        index.PutBack(second);
        index.Remove(second);

        Assert.Equal(third, index.Find(token));
        Assert.True(index.IsWaiting(third));
        Assert.Equal([third], index.TakeDue(At(9), 10, long.MaxValue));
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void a_taken_message_waits_no_longer_until_it_is_put_back()
    {
        var index = new ScheduleIndex(new MemoryBudget(long.MaxValue));
        var message = Message(1);
        index.Add(message);

        index.TakeDue(At(1), 1, long.MaxValue);
        Assert.False(index.IsWaiting(message));
        Assert.Null(index.NextDue);
        index.PutBack(message);

        Assert.True(index.IsWaiting(message));
        Assert.Equal([message], index.TakeDue(At(1), 1, long.MaxValue));
    }

    [Fact]
    public void beyond_the_budget_the_records_due_last_are_forgotten_and_their_places_kept()
    {
        var budget = new MemoryBudget(250);
        var index = new ScheduleIndex(budget);
        PendingMessage[] messages = [Message(3, bytes: 100), Message(1, bytes: 100), Message(2, bytes: 100), Message(4, bytes: 100)];
        foreach (var message in messages)
            index.Add(message);

        Assert.Equal([false, true, true, false], messages.Select(x => x.Record != null));
        Assert.Equal(200, budget.Used);
        Assert.Equal([messages[1], messages[2], messages[0], messages[3]], index.TakeDue(At(9), 9, long.MaxValue));
    }

    [Fact]
    public void a_record_that_is_read_again_is_not_kept_when_its_message_is_put_back()
    {
        var budget = new MemoryBudget(0);
        var index = new ScheduleIndex(budget);
        var message = Message(1, bytes: 100);
        index.Add(message);

        index.TakeDue(At(1), 1, long.MaxValue);
        message.Record = new Message<byte[]?, byte[]?>();
        index.PutBack(message);

        Assert.Null(message.Record);
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void whatever_happens_the_budget_is_given_back_in_the_end()
    {
        var random = new Random(7);
        var budget = new MemoryBudget(1000);
        var index = new ScheduleIndex(budget);
        var tokens = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToArray();
        var taken = new List<PendingMessage>();

        for (var i = 0; i < 5000; i++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    index.Add(Message(random.Next(50), random.Next(200), tokens[random.Next(tokens.Length)]));
                    break;
                case 2:
                    taken.AddRange(index.TakeDue(At(random.Next(50)), random.Next(4), long.MaxValue));
                    break;
                case 3 when taken.Count > 0:
                    index.PutBack(taken[0]);
                    taken.RemoveAt(0);
                    break;
                case 4 when index.Find(tokens[random.Next(tokens.Length)]) is { } message:
                    index.Remove(message);
                    break;
            }

            Assert.InRange(budget.Used, 0, 1000);
        }

        taken.ForEach(index.Remove);
        foreach (var token in tokens)
        {
            if (index.Find(token) is { } message)
                index.Remove(message);
        }

        Assert.Equal((0, 0L), (index.Count, budget.Used));
    }

    private static DateTimeOffset At(int minute) => Start.AddMinutes(minute);

    private PendingMessage Message(int minute, int bytes = 0, Guid? token = null)
    {
        return new PendingMessage(token ?? Guid.NewGuid(), At(minute), _offset++, new Message<byte[]?, byte[]?> { Value = new byte[bytes] });
    }
}
