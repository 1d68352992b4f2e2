using System.Net;
using System.Net.Sockets;
using Broker.Connections;

namespace Broker.Tests.Connections;

public sealed class NativeSocketTests
{
    private const int AtOnce = 0;
    private const int Deadline = 30_000;

    [Fact]
    public async Task a_socket_is_writable_while_its_buffer_has_room_and_again_when_the_client_has_read()
    {
        Assert.SkipUnless(NativeSocket.SendFileSupported, "poll(2) is asked on 64-bit Linux only");
        var (broker, client) = await ConnectAsync();
        using (broker)
        using (client)
        {
            Assert.True(NativeSocket.IsWritableWithin(broker.SafeHandle, AtOnce));

            var filled = Fill(broker);
            Assert.False(NativeSocket.IsWritableWithin(broker.SafeHandle, AtOnce));

            var reading = Task.Run(() => ReadAll(client, filled), TestContext.Current.CancellationToken);
            Assert.True(NativeSocket.IsWritableWithin(broker.SafeHandle, Deadline));
            await reading;
        }
    }

    [Fact]
    public async Task a_lost_connection_is_not_writable()
    {
        Assert.SkipUnless(NativeSocket.SendFileSupported, "poll(2) is asked on 64-bit Linux only");
        var (broker, client) = await ConnectAsync();
        using (broker)
        {
            Fill(broker);
            client.Close(); // with bytes unread, which resets the connection

            Assert.False(NativeSocket.IsWritableWithin(broker.SafeHandle, Deadline));
        }
    }

    private static int Fill(Socket socket)
    {
        var (bytes, sent) = (new byte[64 * 1024], 0);
        socket.Blocking = false;
        while (true)
        {
            sent += socket.Send(bytes, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return sent;
            Assert.Equal(SocketError.Success, error);
        }
    }

    private static void ReadAll(Socket socket, int count)
    {
        var bytes = new byte[64 * 1024];
        for (var got = 0; got < count;)
            got += socket.Receive(bytes);
    }

    private static async Task<(Socket Broker, Socket Client)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        return (await listener.AcceptSocketAsync(), client);
    }
}
