using MassTransit.LogTransport.Clients;
using MassTransit.Middleware;

namespace MassTransit.LogTransport.Receiving;

/// <summary>One endpoint's use of the shared connection, from the moment a broker has answered. While it lives the endpoint's health follows the connection's.</summary>
internal sealed class EndpointClient :
    BasePipeContext,
    IBrokerWatcher,
    IAsyncDisposable
{
    private readonly LogReceiveEndpointContext _context;

    private EndpointClient(LogConnection connection, LogReceiveEndpointContext context, CancellationToken cancellationToken)
        : base(cancellationToken)
    {
        _context = context;
        Connection = connection;
        connection.Monitor.Add(this);
    }

    public LogConnection Connection { get; }

    /// <exception cref="ConnectionException">No broker answers.</exception>
    public static async Task<EndpointClient> Connect(LogReceiveEndpointContext context, CancellationToken cancellationToken)
    {
        var connection = context.HostConfiguration.Connection;

        await connection.Topics.Describe().ConfigureAwait(false);

        return new EndpointClient(connection, context, cancellationToken);
    }

    public Task BrokersLost(ConnectionException exception) => _context.Unwell(exception);

    public Task BrokersReached() => _context.NowWell();

    public ValueTask DisposeAsync()
    {
        Connection.Monitor.Remove(this);
        return ValueTask.CompletedTask;
    }
}
