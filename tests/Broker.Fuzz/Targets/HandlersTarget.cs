using System.Net;
using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Security;
using Broker.Testing;

namespace Broker.Fuzz.Targets;

/// <summary>
/// A whole request frame handed to the handler of its API, in a broker in memory that has a few topics: it may be refused in any way
/// that the protocol has, and nothing else. The client goes away at once, so that nothing waits. A broker is used for some hundred
/// inputs, because what requests have made stays.
/// </summary>
internal sealed class HandlersTarget
{
    private const int InputsPerBroker = 500;
    private const int MostNewPartitions = 8;

    /// <summary>A partition's log with its indexes in memory.</summary>
    private const long BytesOfPartition = 4 << 20;

    private TestBroker? _broker;
    private int _inputs;

    public static FuzzTarget Create() => new(
        "handlers", [.. RequestTarget.Seeds(), .. Corpus.Read("handlers")], new HandlersTarget().RunAsync, length => (16L << 20) + (MostNewPartitions * BytesOfPartition) + (1024L * length));

    private async ValueTask RunAsync(byte[] frame)
    {
        if (_inputs++ % InputsPerBroker == 0)
            await StartAsync();

        var server = _broker!.Server;
        using var gone = new CancellationTokenSource();
        if (Begin(frame, server, gone.Token, out var context) is not { } answering)
            return;

        await gone.CancelAsync();
        try
        {
            if (await answering is { } answer)
                AnswerFrames.Release(answer);
            context.AnswerGone();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
    }

    private static ValueTask<FrameBuffer?>? Begin(byte[] frame, BrokerServer server, CancellationToken gone, out RequestContext context)
    {
        var broker = server.Context;
        var listener = server.Listeners.First();
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        context = new RequestContext
        {
            ClientAddress = IPAddress.Loopback,
            Listener = listener,
            Aborted = gone,
            Authorizer = broker.Authorizer,
            Session = new Session(listener, broker, client: null),
            Quotas = broker.Quotas,
            Mute = new ChannelMute(broker.Time),
            Memory = new ClientMemory(broker.Memory.Answers),
        };
        context.Begin(header, KafkaPrincipal.Anonymous);
        if (reader.Failed || !broker.Apis.TryFind(header.ApiKey, out var api) || !api.Versions.Contains(header.ApiVersion) || MakesTooMuch(frame))
            return null;

        try
        {
            return api.AnswerAsync(ref reader, context);
        }
        catch (MalformedFrameException)
        {
            return null;
        }
    }

    /// <summary>What is allowed and would only fill this machine's memory.</summary>
    private static bool MakesTooMuch(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        return header.ApiKey switch
        {
            ApiKey.CreateTopics => CreateTopicsRequest.Read(ref reader, header.ApiVersion).Topics.Sum(t => Math.Max(1L, t.NumPartitions)) > MostNewPartitions,
            ApiKey.CreatePartitions => CreatePartitionsRequest.Read(ref reader, header.ApiVersion).Topics.Sum(t => (long)t.Count) > MostNewPartitions,
            ApiKey.Metadata => MetadataRequest.Read(ref reader, header.ApiVersion).Topics?.Count > MostNewPartitions,
            _ => false,
        };
    }

    private async Task StartAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        _broker = await TestBroker.StartAsync(configure: o =>
            (o.OffsetsTopicNumPartitions, o.TransactionStateLogNumPartitions, o.ConnectionFailedAuthenticationDelayMs) = (1, 1, 0));
        // The golden files' own names, and one more that seeds may be changed into.
        foreach (var topic in new[] { "t", "a", "topic" })
        {
            await _broker.Server.Admin.CreateTopicAsync(topic, partitions: 2);
            await _broker.Server.Records.ProduceAsync(topic, [new([1], [2]) { Partition = 0 }]);
        }
    }
}
