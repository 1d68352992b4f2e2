using MassTransit.LogTransport.Clients;
using MassTransit.Middleware;

namespace MassTransit.LogTransport.Receiving;

/// <summary>One endpoint's use of the shared connection, from the moment a broker has answered. While it lives the endpoint's health follows the connection's.</summary>
internal sealed class EndpointClient :
    BasePipeContext,
    IAsyncDisposable
{
    private readonly LogReceiveEndpointContext _context;

    private EndpointClient(LogConnection connection, LogReceiveEndpointContext context, CancellationToken cancellationToken)
        : base(cancellationToken)
    {
        _context = context;
        Connection = connection;
        connection.Monitor.Add(context);
    }

    public LogConnection Connection { get; }

    /// <exception cref="ConnectionException">No broker answers.</exception>
    public static async Task<EndpointClient> Connect(LogReceiveEndpointContext context, CancellationToken cancellationToken)
    {
        var connection = context.HostConfiguration.Connection;

        await connection.Topics.Describe().ConfigureAwait(false);

        return new EndpointClient(connection, context, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Connection.Monitor.Remove(_context);
        return ValueTask.CompletedTask;
    }
}
