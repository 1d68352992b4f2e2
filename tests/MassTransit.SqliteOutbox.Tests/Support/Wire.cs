using System.Collections.Immutable;

namespace MassTransit.SqliteOutbox.Tests.Support;

public sealed record Seen(string Text, Guid? MessageId, ConsumeContext Context);

/// <summary>What reached the bus, duplicates included: its endpoint has no inbox.</summary>
public sealed class Wire
{
    private readonly Lock _lock = new();
    private readonly List<(Func<ImmutableList<Seen>, bool> Condition, TaskCompletionSource Reached)> _waiters = [];

    public ImmutableList<Seen> Messages { get; private set; } = [];

    public IEnumerable<string> Texts => Messages.Select(seen => seen.Text);

    public void Add(string text, ConsumeContext context)
    {
        lock (_lock)
        {
            Messages = Messages.Add(new Seen(text, context.MessageId, context));
            foreach (var (condition, reached) in _waiters)
            {
                if (condition(Messages))
                    reached.TrySetResult();
            }
        }
    }

    public Task Holds(int count) => Until(messages => messages.Count >= count);

    public Task Holds(string text) => Until(messages => messages.Any(seen => seen.Text == text));

    public Task Until(Func<ImmutableList<Seen>, bool> condition, TimeSpan? deadline = null)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition(Messages))
                return Task.CompletedTask;

            _waiters.Add((condition, reached));
        }

        return reached.Task.WaitAsync(deadline ?? Deadline);
    }

    /// <summary>For what no message tells: looks until it is so. Who looks without a pause takes the processor, and the file's lock, from those who are to make it so.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
            await again.WaitForNextTickAsync(deadline.Token);
    }

    /// <summary>Only a way to fail: nothing waits this long when it works.</summary>
    public static TimeSpan Deadline => TimeSpan.FromSeconds(120);
}
