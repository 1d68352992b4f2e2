using System.Net;
using Broker.Apis;
using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;

namespace Broker.InProcess;

/// <summary>
/// Asks the broker's own handlers, without a connection and as the broker itself: what is checked, counted and stored is what a
/// client's request would be, but nobody's rights are asked for. Safe for use by any thread.
/// </summary>
internal sealed class LocalCalls(BrokerContext broker, Listener listener)
{
    private const string ClientId = "in-process";

    private readonly ConnectionActivity _activity = new(broker.Time, broker.Topics);
    private readonly Authorizer _allowsAll = new(store: null, broker.Options, broker.Metrics, broker.Logger);

    public TimeProvider Time => broker.Time;

    /// <param name="request">The request; its records must stay as they are until the answer is there.</param>
    /// <param name="version">One that the API table serves.</param>
    /// <param name="ct">Ends a wait of the handler as a client's going would; what was begun is done.</param>
    /// <exception cref="OperationCanceledException">Also for whatever comes of a call that the broker's stop overtakes.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken ct)
        where TRequest : IRequest<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        broker.Stopping.ThrowIfCancellationRequested();
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(ct, broker.Stopping);
        var context = new RequestContext
        {
            ClientAddress = IPAddress.Loopback,
            Listener = listener,
            Aborted = aborted.Token,
            Authorizer = _allowsAll,
            Activity = _activity,
        };
        context.Begin(new RequestHeader(TRequest.ApiKey, version, 0, ClientId), KafkaPrincipal.Broker);
        if (!broker.Apis.TryFind(TRequest.ApiKey, out var api) || api is not Api<TRequest, TResponse> row)
            throw new InvalidOperationException($"{TRequest.ApiKey} is not served.");

        try
        {
            var response = await row.HandleAsync(request, context).ConfigureAwait(false);
            return response ?? throw new InvalidOperationException($"{TRequest.ApiKey} gave no answer.");
        }
        catch (Exception e) when (e is not OperationCanceledException && broker.Stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The broker stops: {e.Message}", e, broker.Stopping);
        }
    }
}
