using System.Net;
using System.Net.Sockets;

namespace KillRounds.Rounds;

/// <summary>
/// A port for a broker that comes back on it. Not one of those the system gives to outgoing connections: while the broker is down, a
/// client that tries to reach it could be given just that port, and would be connected to itself.
/// </summary>
internal static class Ports
{
    private const int First = 15_000;
    private const int Last = 30_000;

    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }
}
