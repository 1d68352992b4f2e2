using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>What the health and the log say when no Kafka broker answers at the address: it is named with the setting, and with what the client makes of what does answer.</summary>
public sealed class BadBrokerTests : IAsyncDisposable
{
    private static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly LogLines _lines = new();
    private Task _serving = Task.CompletedTask;
    private string _address = "";

    public BadBrokerTests() => _listener.Start();

    private string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _serving;
    }

    [Fact]
    public async Task nobody_listens()
    {
        _listener.Stop();

        await using var app = await Start();

        await Says(app, "Connection refused", "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task the_host_has_no_address()
    {
        await using var app = await Start("no-such-host.invalid:9092");

        await Says(app, "Failed to resolve 'no-such-host.invalid:9092'", "Is the host's name right? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task a_web_server_listens_there()
    {
        _serving = Serve(Answer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));

        await using var app = await Start();

        await Says(app, "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task a_rabbitmq_listens_there()
    {
        // Its answer to what is not AMQP: the protocol header it would take, and the end.
        _serving = Serve(Answer("AMQP\0\0\u0009\u0001"));

        await using var app = await Start();

        await Says(app, "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)");
    }

    [Fact]
    public void the_client_says_nothing()
    {
        var sentence = Refusals.Unreachable(new LogHostSettings(), new Error(ErrorCode.Local_TimedOut, "Local: Timed out"), told: null);

        Assert.Equal("No Kafka broker answers at localhost:9092 (Host): Local: Timed out. "
            + "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)", sentence);
    }

    [Fact]
    public async Task a_tls_listener_is_spoken_to_without_tls()
    {
        _serving = Serve(Tls);

        await using var app = await Start();

        await Says(app, "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task a_listener_without_tls_is_spoken_to_with_tls()
    {
        await using var broker = new TestBroker();
        await broker.Start();

        await using var app = await Start(broker.BootstrapServers, host => host.ClientSetting("security.protocol", "ssl"));

        await Says(app, "SSL handshake failed", "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task a_tls_listener_has_a_certificate_of_nobody_known()
    {
        _serving = Serve(Tls);

        await using var app = await Start(host: host => host.ClientSetting("security.protocol", "ssl"));

        await Says(app, "certificate verify failed", "Are security.protocol and ssl.ca.location those of the broker? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task whoever_listens_there_says_nothing()
    {
        _serving = Serve(Silence);

        await using var app = await Start(host: host =>
        {
            host.ConnectTimeout(TimeSpan.FromSeconds(4));
            host.ClientSetting("security.protocol", "ssl");
        });

        await Says(app, "Connection setup timed out in state SSL_HANDSHAKE", "Is it a Kafka broker that listens there, and is security.protocol what it expects? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task the_brokers_are_older_than_the_group_protocol()
    {
        await using var broker = await Broker.Testing.TestBroker.StartAsync(ct: TestContext.Current.CancellationToken);
        using var rule = broker.Control.On(Broker.Protocol.ApiKey.ConsumerGroupHeartbeat).Answer(Broker.Protocol.ErrorCode.UnsupportedVersion);

        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, "", (_, cfg) => cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(_ => Task.CompletedTask)),
            host => host.UseConsumerProtocol()), waitUntilStarted: false);

        await Eventually.True(() => Told(app)?.StartsWith("The brokers do not have the group protocol that UseConsumerProtocol asks for, Apache Kafka has it since 4.0: ", StringComparison.Ordinal) == true,
            "the health names the setting");
    }

    private async Task Says(BusApp app, params string[] parts)
    {
        await Eventually.True(() => Array.TrueForAll(parts, part => Told(app)?.Contains(part, StringComparison.Ordinal) == true), $"the health says {string.Join(" … ", parts)}, not: {Told(app)}");
        Assert.StartsWith($"No Kafka broker answers at {_address} (Host): ", Told(app), StringComparison.Ordinal);

        // Told to whoever reads the log as well, each time it is tried again.
        Assert.Contains($"No Kafka broker answers at {_address} (Host)", await _lines.Next(parts[^1]), StringComparison.Ordinal);
    }

    private static string? Told(BusApp app) => app.Bus.CheckHealth().Endpoints.Values.Select(x => x.Exception?.Message).FirstOrDefault(x => x != null);

    private Task<BusApp> Start(string? address = null, Action<ILogHostConfigurator>? host = null)
    {
        _address = address ?? Address;

        return BusApp.StartAsync(x => x.UsingTestLog(_address, LogBus.NewPrefix(), host: h =>
        {
            // Time enough for the client to find out why.
            h.ConnectTimeout(TimeSpan.FromSeconds(2));
            host?.Invoke(h);
        }), waitUntilStarted: false, services: _lines.Register);
    }

    private static async Task Tls(NetworkStream stream, CancellationToken cancellationToken)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, cancellationToken);

        // Until the client has had enough.
        _ = await tls.ReadAsync(new byte[1], cancellationToken);
    }

    private static async Task Silence(NetworkStream stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(new byte[1024], cancellationToken) > 0)
        {
            // Until the client has had enough.
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);

        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>Whatever is asked.</summary>
    private static Func<NetworkStream, CancellationToken, Task> Answer(string text) => async (stream, cancellationToken) =>
    {
        await stream.ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: true, cancellationToken);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
    };

    private async Task Serve(Func<NetworkStream, CancellationToken, Task> answer)
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                await using var stream = client.GetStream();
                await answer(stream, _ending.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client left, or the test is over.
            }
        }
    }
}
