using System.Text.Json;
using Broker.Protocol;

namespace Conformance.ByteByByte;

/// <summary>One question, asked of both brokers in every version that has it.</summary>
public abstract record Exchange(string Name)
{
    /// <summary>What differs, version by version; nothing when the two cannot be told apart.</summary>
    public abstract Task<IReadOnlyList<string>> DifferencesAsync(Side ours, Side kafka);

    /// <param name="name">What is asked.</param>
    /// <param name="ask">The request, for a broker and a version.</param>
    /// <param name="settle">Puts in order, or takes out, what may differ besides what <see cref="Mask"/> takes out.</param>
    /// <param name="from">The first version that has it.</param>
    /// <param name="to">The last version that has it.</param>
    public static Exchange Of<TRequest, TResponse>(
        string name, Func<Side, short, TRequest> ask, Action<TResponse>? settle = null, short from = 0, short to = short.MaxValue)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse> => new Exchange<TRequest, TResponse>($"{TRequest.ApiKey}: {name}", ask, settle, from, to);
}

internal sealed record Exchange<TRequest, TResponse>(
    string Name, Func<Side, short, TRequest> Ask, Action<TResponse>? Settle, short From, short To) : Exchange(Name)
    where TRequest : IRequest<TRequest>
    where TResponse : IMessage<TResponse>
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = false };

    public override async Task<IReadOnlyList<string>> DifferencesAsync(Side ours, Side kafka)
    {
        var differences = new List<string>();
        for (var version = short.Max(From, TRequest.Versions.Min); version <= short.Min(To, TRequest.Versions.Max); version++)
        {
            var theirs = await kafka.AskAsync(Ask(kafka, version), version);
            var own = await ours.AskAsync(Ask(ours, version), version);
            if (theirs is not null && own is not null && theirs.AsSpan().SequenceEqual(own))
                continue;

            var (expected, actual) = (Settled(theirs, version), Settled(own, version));
            if (expected.Bytes != actual.Bytes)
                differences.Add($"{Name} v{version}\n  Kafka {expected.Bytes} {expected.Text}\n  ours  {actual.Bytes} {actual.Text}");
        }

        return differences;
    }

    /// <summary>The bytes that are left to compare. What our own reader and writer do not give back byte by byte was not understood.</summary>
    private (string Bytes, string Text) Settled(byte[]? frame, short version)
    {
        if (frame is null)
            return ("closed", "");

        var reader = new ProtocolReader(frame);
        ResponseHeader.Read(ref reader, TRequest.ApiKey, version);
        var response = TResponse.Read(ref reader, version);
        Assert.False(reader.Failed, $"{Name} v{version}: {Convert.ToHexString(frame)}");
        Assert.Equal(Convert.ToHexString(frame), Write(response, version));

        Mask.Apply(response);
        Settle?.Invoke(response);
        return (Write(response, version), JsonSerializer.Serialize(response, Readable));
    }

    private static string Write(TResponse response, short version)
    {
        using var buffer = new FrameBuffer();
        Frame.WriteResponse(buffer, TRequest.ApiKey, version, correlationId: 1, response);
        return Convert.ToHexString(buffer.Written.Span[Frame.LengthSize..]);
    }
}
