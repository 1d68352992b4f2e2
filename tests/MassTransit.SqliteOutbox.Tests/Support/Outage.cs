using MassTransit.Serialization;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Refuses what the relay sends while it lasts, and says when it did.</summary>
public sealed class Outage
{
    private int _refused;

    public Func<Uri?, bool> Hits { get; set; } = static _ => false;

    public TaskCompletionSource FirstRefusal { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Action Refusing { get; set; } = static () => { };

    public int Refused => _refused;

    public void Check(SendContext context)
    {
        if (context is not SendContext<SerializedMessageBody> || !Hits(context.DestinationAddress))
            return;

        Refusing();
        Interlocked.Increment(ref _refused);
        FirstRefusal.TrySetResult();
        throw new InvalidOperationException("The broker is down.");
    }
}
