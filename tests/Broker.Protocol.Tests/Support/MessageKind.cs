using Broker.Protocol.Messages;

namespace Broker.Protocol.Tests.Support;

/// <summary>One request or response type of the protocol, with its bytes and its objects reachable without naming the type.</summary>
public abstract class MessageKind(string name, ApiKey apiKey, ApiVersionRange versions)
{
    private static readonly Dictionary<string, MessageKind> ByName = Discover().ToDictionary(kind => kind.Name);

    public static IEnumerable<MessageKind> All => ByName.Values;

    /// <summary>As in the golden files' names: Fetch.request, Fetch.response.</summary>
    public string Name { get; } = name;

    public ApiKey ApiKey { get; } = apiKey;

    public ApiVersionRange Versions { get; } = versions;

    public IEnumerable<short> EachVersion => Enumerable.Range(Versions.Min, Versions.Max - Versions.Min + 1).Select(v => (short)v);

    public static MessageKind Named(string name) => ByName[name];

    public abstract Type Type { get; }

    /// <summary>Decodes the body; never asserts.</summary>
    public abstract Decoded Decode(byte[] body, short version);

    public abstract byte[] Encode(object message, short version);

    public override string ToString() => Name;

    private static IEnumerable<MessageKind> Discover()
    {
        var requests = typeof(FetchRequest).Assembly.GetTypes()
            .Where(type => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>)));
        foreach (var request in requests)
        {
            var response = request.Assembly.GetType(request.FullName!.Replace("Request", "Response"), throwOnError: true)!;
            yield return (MessageKind)Activator.CreateInstance(typeof(Request<>).MakeGenericType(request))!;
            yield return (MessageKind)Activator.CreateInstance(typeof(Response<,>).MakeGenericType(response, request))!;
        }
    }

    private abstract class Kind<T>(string name, ApiKey apiKey, ApiVersionRange versions) : MessageKind(name, apiKey, versions)
        where T : IMessage<T>
    {
        public override Type Type => typeof(T);

        public override Decoded Decode(byte[] body, short version)
        {
            var reader = new ProtocolReader(body, ApiKey.IsFlexible(version));
            var message = T.Read(ref reader, version);
            return new(message, reader.Failed, reader.Remaining);
        }

        public override byte[] Encode(object message, short version)
        {
            using var buffer = new FrameBuffer();
            var writer = new ProtocolWriter(buffer, ApiKey.IsFlexible(version));
            ((T)message).Write(ref writer, version);
            return buffer.Written.ToArray();
        }
    }

    private sealed class Request<T>() : Kind<T>($"{T.ApiKey}.request", T.ApiKey, T.Versions)
        where T : IRequest<T>;

    private sealed class Response<T, TRequest>() : Kind<T>($"{TRequest.ApiKey}.response", TRequest.ApiKey, TRequest.Versions)
        where T : IMessage<T>
        where TRequest : IRequest<TRequest>;
}

public readonly record struct Decoded(object Message, bool Failed, int Remaining);
