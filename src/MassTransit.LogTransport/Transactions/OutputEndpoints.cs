using MassTransit.Transports;

namespace MassTransit.LogTransport.Transactions;

/// <summary>The endpoints that a delivery sends and publishes to: what goes through them is told whose output it is.</summary>
internal sealed class OutputEndpoints(ISendEndpointProvider send, IPublishEndpointProvider publish, RecordOutputs outputs) :
    ISendEndpointProvider,
    IPublishEndpointProvider
{
    public ConnectHandle ConnectSendObserver(ISendObserver observer) => send.ConnectSendObserver(observer);

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => publish.ConnectPublishObserver(observer);

    public async Task<ISendEndpoint> GetSendEndpoint(Uri address) => new Endpoint(await send.GetSendEndpoint(address).ConfigureAwait(false), outputs);

    public async Task<ISendEndpoint> GetPublishSendEndpoint<T>()
        where T : class
    {
        return new Endpoint(await publish.GetPublishSendEndpoint<T>().ConfigureAwait(false), outputs);
    }

    private sealed class Endpoint(ISendEndpoint endpoint, RecordOutputs outputs) :
        SendEndpointProxy(endpoint)
    {
        protected override IPipe<SendContext<T>> GetPipeProxy<T>(IPipe<SendContext<T>>? pipe = null) => new Marking<T>(pipe, outputs);
    }

    private sealed class Marking<TMessage>(IPipe<SendContext<TMessage>>? pipe, RecordOutputs outputs) :
        SendContextPipeAdapter<TMessage>(pipe)
        where TMessage : class
    {
        protected override void Send(SendContext<TMessage> context) => context.GetOrAddPayload(() => outputs);

        protected override void Send<T>(SendContext<T> context) => context.GetOrAddPayload(() => outputs);
    }
}
