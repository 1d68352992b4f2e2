using System.Net;
using System.Net.Sockets;
using Broker.Configuration;
using Broker.Diagnostics;
using Broker.Security;
using Microsoft.Extensions.Logging;

namespace Broker.Connections;

/// <summary>
/// One address the broker takes connections at. Bound when made, so that a busy port is found before anything else happens;
/// clients are let in by <see cref="Start"/>.
/// </summary>
internal sealed class KafkaListener : IDisposable
{
    /// <summary>After a failed accept; without it a lack of file handles would keep a processor busy. In real time: it is the system that must recover.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private Task _accepting = Task.CompletedTask;

    private KafkaListener(Socket socket, Listener listener) => (_socket, Listener) = (socket, listener);

    public Listener Listener { get; }

    /// <exception cref="IOException">The address is in use or cannot be bound; the message names host and port.</exception>
    public static KafkaListener Bind(ListenerAddress address, ListenerAddress? advertised, ListenerSecurity security, BrokerOptions options)
    {
        var ip = Resolve(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (ip.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(ip, address.Port));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Refused(address, e);
        }

        var bound = (IPEndPoint)socket.LocalEndPoint!;
        var host = advertised?.Host is { Length: > 0 } named ? named : ReachableHost(address.Host);
        var port = advertised is { Port: > 0 } ? advertised.Port : bound.Port;
        return new KafkaListener(socket, new Listener(address.Name, bound, host, port, security, ListenerLimits.For(address.Name, options)));
    }

    /// <exception cref="IOException">Another process took the address between binding and now.</exception>
    public void Start(ConnectionSet connections, ILogger logger)
    {
        try
        {
            _socket.Listen();
        }
        catch (SocketException e)
        {
            throw Refused(new ListenerAddress(Listener.Name, Listener.Bound.Address.ToString(), Listener.Bound.Port), e);
        }

        _accepting = AcceptLoopAsync(connections, logger);
    }

    public async Task StopAsync()
    {
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    public void Dispose() => _socket.Dispose();

    private async Task AcceptLoopAsync(ConnectionSet connections, ILogger logger)
    {
        while (true)
        {
            try
            {
                var client = await _socket.AcceptAsync(CancellationToken.None).ConfigureAwait(false);
                await connections.PaceAsync(Listener).ConfigureAwait(false);
                connections.Add(client, Listener);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException e)
            {
                // One client that vanished while being accepted, or no file handles left: the next one may do better.
                logger.AcceptFailed(e, Listener.Name);
                await Task.Delay(AcceptPause, TimeProvider.System).ConfigureAwait(false);
            }
        }
    }

    private static IPAddress Resolve(ListenerAddress address)
    {
        if (address.Host.Length == 0)
            return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        if (IPAddress.TryParse(address.Host, out var ip))
            return ip;

        try
        {
            var found = Dns.GetHostAddresses(address.Host);
            return Array.Find(found, a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (SocketException e)
        {
            throw Refused(address, e);
        }
    }

    private static string ReachableHost(string host) => host is "" or "0.0.0.0" or "::" ? Dns.GetHostName() : host;

    private static IOException Refused(ListenerAddress address, SocketException e) =>
        new(e.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? $"Port {address.Port} is in use{(address.Host.Length == 0 ? "" : $" on {address.Host}")}: listener {address} cannot start."
            : $"Listener {address} cannot start: {e.Message}", e);
}
