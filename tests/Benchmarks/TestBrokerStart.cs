using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Testing;
using Confluent.Kafka;

namespace Benchmarks;

/// <summary>
/// From the call that starts a broker in memory or on disk to the first acknowledged produce, as a test waits for it: in a process that has done
/// nothing yet, and once more in one that has. Each measurement has a process of its own.
/// </summary>
internal static class TestBrokerStart
{
    public const string Argument = "test-broker-start";
    public const string Name = "test-broker";

    private const string InMemory = "in-memory";
    private const string OnDisk = "on-disk";
    private const string Raw = "raw";
    private const string Confluent = "Confluent.Kafka";
    private const int Later = 20;
    private const short Version = 9;

    public static async Task RunAsync(Options options, Report report)
    {
        foreach (var (place, client) in new[] { (InMemory, Raw), (InMemory, Confluent), (OnDisk, Raw), (OnDisk, Confluent) })
        {
            var runs = new List<double[]>();
            for (var round = 0; round < options.Rounds; round++)
                runs.Add(await RunProcessAsync(place, client));

            report.Section($"test broker {place}, {client} client: the first of a process (ours), the median of the next {Later} (other)");
            report.Row("start ms", [.. runs.Select(r => r[0])], [.. runs.Select(r => r[2])]);
            report.Row("to the first acknowledged produce ms, start included", [.. runs.Select(r => r[1])], [.. runs.Select(r => r[3])]);
            report.Note(string.Create(CultureInfo.InvariantCulture, $"The first process compiled for {Report.Median(runs.Select(r => r[4])):0} ms on all its threads, its own start included."));
        }
    }

    /// <summary>In the second process: prints start and total of the first broker, then of the later ones, then what was compiled until the first was done.</summary>
    public static async Task MeasureAsync(string place, string client)
    {
        var first = await MeasureOnceAsync(place, client);
        var compiling = JitInfo.GetCompilationTime().TotalMilliseconds;
        var later = new List<(double Start, double Total)>();
        for (var i = 0; i < Later; i++)
            later.Add(await MeasureOnceAsync(place, client));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{first.Start} {first.Total} {Report.Median(later.Select(l => l.Start))} {Report.Median(later.Select(l => l.Total))} {compiling}"));
    }

    private static async Task<double[]> RunProcessAsync(string place, string client)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(TestBrokerStart).Assembly.Location, Argument, place, client]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return [.. line.Trim().Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
    }

    private static async Task<(double Start, double Total)> MeasureOnceAsync(string place, string client)
    {
        var directory = place == OnDisk ? Directory.CreateTempSubdirectory("benchmark-").FullName : null;
        try
        {
            return await MeasureOnceAsync(directory, isRaw: client == Raw);
        }
        finally
        {
            if (directory is not null)
                Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double Start, double Total)> MeasureOnceAsync(string? directory, bool isRaw)
    {
        var began = Stopwatch.GetTimestamp();
        await using var broker = await TestBroker.StartAsync(directory);
        var started = Stopwatch.GetElapsedTime(began);
        using var producer = isRaw ? null : Producer(broker.BootstrapServers);
        if (producer is null)
            ProduceRaw(broker.BootstrapServers);
        else
            await producer.ProduceAsync("t", new Message<Null, byte[]> { Value = [1] });
        return (started.TotalMilliseconds, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static IProducer<Null, byte[]> Producer(string bootstrapServers)
    {
        MassTransit.LogTransport.NativeClient.Load();
        return new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
    }

    private static void ProduceRaw(string bootstrapServers)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPEndPoint.Parse(bootstrapServers));
        Ask<MetadataRequest, MetadataResponse>(socket, new() { Topics = [new() { Name = "t" }], AllowAutoTopicCreation = true });
        var answer = Ask<ProduceRequest, ProduceResponse>(socket, new()
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = "t", PartitionData = [new() { Records = new RecordBatchBuilder().Add(1, null, [1]).Build() }] }],
        });
        if (answer.Responses[0].PartitionResponses[0].ErrorCode != Broker.Protocol.ErrorCode.None)
            throw new InvalidOperationException("The record was refused.");
    }

    private static TResponse Ask<TRequest, TResponse>(Socket socket, TRequest request)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        using var frame = new FrameBuffer();
        Frame.WriteRequest(frame, Version, 1, "benchmark", request);
        socket.Send(frame.Written.Span);
        var reader = new ProtocolReader(Receive(socket, BinaryPrimitives.ReadInt32BigEndian(Receive(socket, sizeof(int)))));
        ResponseHeader.Read(ref reader, TRequest.ApiKey, Version);
        return TResponse.Read(ref reader, Version);
    }

    private static byte[] Receive(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
            received += socket.Receive(bytes.AsSpan(received)) is > 0 and var some ? some : throw new EndOfStreamException();
        return bytes;
    }
}
