using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// The answer to a request, settled in three steps: the group decides it, the records decided with it are appended, and only
/// then is it let go to whoever awaits it, together with the offset that must be on disk before the client may see it.
/// </summary>
internal abstract class Reply
{
    /// <summary>Lets the decided answer go.</summary>
    internal abstract void Release(long durableOffset);

    /// <summary>The records could not be written: whatever was decided is not so.</summary>
    internal abstract void Fail(ErrorCode error);
}

/// <inheritdoc/>
/// <param name="refuse">Makes an answer that says nothing but an error.</param>
internal sealed class Reply<T>(Func<ErrorCode, T> refuse) : Reply
{
    // Whoever awaits the answer must not run under the group's lock.
    private readonly TaskCompletionSource<(T Response, long DurableOffset)> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _response = default!;

    public Task<(T Response, long DurableOffset)> Released => _released.Task;

    public T Refusal(ErrorCode error) => refuse(error);

    internal void Decide(T response) => _response = response;

    internal override void Release(long durableOffset) => _released.TrySetResult((_response, durableOffset));

    internal override void Fail(ErrorCode error) => _released.TrySetResult((refuse(error), -1));
}
