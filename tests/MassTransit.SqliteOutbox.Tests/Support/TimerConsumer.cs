namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Schedules two messages an hour ahead, the number of the attempt in each, and cancels the first; then does whatever the test planned for this attempt.</summary>
public sealed class TimerConsumer(BookPlan plan) : IConsumer<Book>
{
    public async Task Consume(ConsumeContext<Book> message)
    {
        string text = message.Message.Text;
        int attempt = plan.Attempts + 1;

        ScheduledMessage<Booked> cancelled = await message.SchedulePublish(TimeSpan.FromHours(1), new Booked($"{text} cancelled"));
        await message.SchedulePublish(TimeSpan.FromHours(1), new Booked($"{text} at {attempt}"));
        await message.CancelScheduledSend(cancelled);
        await message.Publish(new Booked($"{text} begun"));

        plan.Attempt();
    }
}
