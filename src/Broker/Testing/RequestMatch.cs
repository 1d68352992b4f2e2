using Broker.Protocol;
using Broker.Testing.Errors;

namespace Broker.Testing;

/// <summary>
/// Which requests a rule is for; one of the verbs makes the rule. Immutable. A rule without <see cref="Once"/> or <see cref="Times"/>
/// stays until it is disposed.
/// </summary>
public sealed class RequestMatch
{
    private readonly RequestControl _control;

    internal RequestMatch(RequestControl control, ApiKey? api) => (_control, Api) = (control, api);

    private RequestMatch(RequestMatch match, int remaining, Func<ControlledRequest, bool>? condition) =>
        (_control, Api, Remaining, Condition) = (match._control, match.Api, remaining, condition);

    internal ApiKey? Api { get; }

    internal int Remaining { get; } = int.MaxValue;

    internal Func<ControlledRequest, bool>? Condition { get; }

    /// <summary>Only the next request that matches.</summary>
    public RequestMatch Once() => Times(1);

    /// <summary>Only the next requests that match.</summary>
    /// <param name="count">How many, 1 or more.</param>
    public RequestMatch Times(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(this, count, Condition);
    }

    /// <summary>Only requests for which the condition holds; a further condition must hold as well.</summary>
    /// <param name="condition">Called on the connection's thread; an exception ends the connection and is logged.</param>
    public RequestMatch Where(Func<ControlledRequest, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var before = Condition;
        return new(this, Remaining, before is null ? condition : request => before(request) && condition(request));
    }

    /// <summary>Shows each request to the test; the broker handles it as ever.</summary>
    /// <param name="watch">Called on the connection's thread before the request is handled; an exception ends the connection and is logged.</param>
    public RequestRule Observe(Action<ControlledRequest> watch)
    {
        ArgumentNullException.ThrowIfNull(watch);
        return Make(watch: watch);
    }

    /// <summary>Holds each request up before it is handled, and with it the later ones of its connection, as a slow broker does.</summary>
    /// <param name="delay">By the broker's clock.</param>
    public RequestRule Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return Make(hold: (time, aborted) => Task.Delay(delay, time, aborted));
    }

    /// <summary>As <see cref="Delay"/>, until a task of the test completes.</summary>
    /// <param name="release">Also its failure lets the requests go.</param>
    public RequestRule HoldUntil(Task release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return Make(hold: (_, aborted) => Task.WhenAny(release).WaitAsync(aborted));
    }

    /// <summary>
    /// Answers with an error in the broker's place: for everything the request asks, in the form of its API and version. The broker
    /// does nothing. A Produce with acks=0, which has no answer, closes its connection, as a broker does on an error.
    /// </summary>
    /// <param name="error">Any code; the broker does not ask whether Kafka would answer it here.</param>
    /// <exception cref="NotSupportedException">The API has no error to answer with; give the answer itself.</exception>
    public RequestRule Answer(ErrorCode error)
    {
        if (Api is { } api && !ErrorAnswers.Exist(api))
            throw new NotSupportedException($"An answer of {api} cannot be made from an error code alone; use Answer with the answer itself.");
        return Make(RequestDecision.Answer(request => ErrorAnswers.To(request, error)));
    }

    /// <summary>Answers with what the test makes of the request, in the broker's place. The broker does nothing.</summary>
    /// <typeparam name="TRequest">The request of this rule's API.</typeparam>
    /// <typeparam name="TResponse">The answer of this rule's API; any other ends the connection and is logged.</typeparam>
    /// <param name="answer">Called on the connection's thread; null for no answer.</param>
    /// <exception cref="ArgumentException">The request is not that of this rule's API.</exception>
    public RequestRule Answer<TRequest, TResponse>(Func<TRequest, TResponse?> answer)
        where TRequest : IRequest<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (Api != TRequest.ApiKey)
            throw new ArgumentException($"A rule on {Api?.ToString() ?? "every API"} cannot answer {TRequest.ApiKey}.", nameof(answer));
        return Make(RequestDecision.Answer(request => answer(request.Read<TRequest>())));
    }

    /// <summary>The request is lost: the broker does not handle it, and the client never gets an answer; the connection stays open.</summary>
    public RequestRule DropRequest() => Make(RequestDecision.DropRequest);

    /// <summary>The broker handles the request, and the client never gets the answer; the connection stays open.</summary>
    public RequestRule DropAnswer() => Make(RequestDecision.DropAnswer);

    /// <summary>The connection is closed when the request comes; the broker does not handle it. Answers to earlier requests are sent.</summary>
    public RequestRule CloseBeforeHandling() => Make(RequestDecision.CloseBeforeHandling);

    /// <summary>The broker handles the request, then closes the connection instead of answering: the client cannot know.</summary>
    public RequestRule CloseInsteadOfAnswering() => Make(RequestDecision.CloseInsteadOfAnswering);

    private RequestRule Make(
        RequestDecision? decision = null, Action<ControlledRequest>? watch = null, Func<TimeProvider, CancellationToken, Task>? hold = null) =>
        _control.Add(new RequestRule(_control, this) { Decision = decision, Watch = watch, Hold = hold });
}
