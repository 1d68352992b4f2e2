using Broker.Apis;
using Broker.Connections;
using Broker.Protocol;
using Broker.Testing.Errors;

namespace Broker.Testing;

/// <summary>What becomes of a request instead of being handled and answered.</summary>
/// <param name="Handles">Whether the broker does what is asked, though its answer is not sent.</param>
/// <param name="Closes">Whether the connection ends then.</param>
/// <param name="Make">The answer to send in the broker's place; null for none.</param>
internal sealed record RequestDecision(bool Handles, bool Closes, Func<ControlledRequest, object?>? Make = null)
{
    public static RequestDecision DropRequest { get; } = new(Handles: false, Closes: false);

    public static RequestDecision DropAnswer { get; } = new(Handles: true, Closes: false);

    public static RequestDecision CloseBeforeHandling { get; } = new(Handles: false, Closes: true);

    public static RequestDecision CloseInsteadOfAnswering { get; } = new(Handles: true, Closes: true);

    public static RequestDecision Answer(Func<ControlledRequest, object?> make) => new(Handles: false, Closes: false, make);

    /// <summary>The frame that the client gets. <paramref name="handle"/> has the broker handle the request.</summary>
    public async ValueTask<FrameBuffer?> AnswerAsync(Func<ValueTask<FrameBuffer?>> handle, Api api, ControlledRequest request, RequestContext context)
    {
        if (Handles && await handle().ConfigureAwait(false) is { } lost)
            AnswerFrames.Release(lost);

        var made = Make?.Invoke(request);
        if (Closes || made == ErrorAnswers.CloseInstead)
        {
            context.CloseConnection(CloseReason.ClosedByTest);
            return null;
        }

        return made is null ? null : api.Write(made, context);
    }
}
