using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Broker.Protocol;

namespace Broker.Fuzz.Targets;

/// <summary>
/// A whole request frame, of every key and version there is a type for, served or not. Bad bytes
/// never throw, and take no more memory than a small multiple of what was sent.
/// </summary>
internal static partial class RequestTarget
{
    private static readonly Dictionary<(ApiKey Key, short Version), Action<byte[]>> Decoders = FindDecoders();

    public static FuzzTarget Create() => new("request", [.. Seeds(), .. Corpus.Read("request")], Run, length => 4096 + (64L * length));

    /// <summary>Whole requests of every API, in its first and its last version at least.</summary>
    /// <exception cref="InvalidDataException">The golden files leave one out: nothing would ever be changed into it.</exception>
    public static IReadOnlyList<byte[]> Seeds()
    {
        var seeds = Golden().ToList();
        var covered = seeds.Select(seed => KeyOf(seed)).ToHashSet();
        foreach (var api in Decoders.Keys.GroupBy(d => d.Key, d => d.Version))
        {
            if (!covered.Contains((api.Key, api.Min())) || !covered.Contains((api.Key, api.Max())))
                throw new InvalidDataException($"The golden files have no {api.Key} of its first or of its last version.");
        }

        return seeds;
    }

    private static void Run(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        if (!reader.Failed && Decoders.TryGetValue((header.ApiKey, header.ApiVersion), out var decode))
            decode(frame);
    }

    private static void Decode<T>(byte[] frame)
        where T : IRequest<T>
    {
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        T.Read(ref reader, header.ApiVersion);
        if (reader.Remaining < 0 || reader.Position > frame.Length)
            throw new InvalidOperationException($"The reader stands at {reader.Position} of {frame.Length}.");
    }

    private static Dictionary<(ApiKey, short), Action<byte[]>> FindDecoders()
    {
        var decoders = new Dictionary<(ApiKey, short), Action<byte[]>>();
        foreach (var type in typeof(ApiKey).Assembly.GetTypes().Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>))))
        {
            var key = (ApiKey)type.GetProperty("ApiKey", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            var versions = (ApiVersionRange)type.GetProperty("Versions", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            var decode = typeof(RequestTarget).GetMethod(nameof(Decode), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).CreateDelegate<Action<byte[]>>();
            for (var version = versions.Min; version <= versions.Max; version++)
                decoders.Add((key, version), decode);
        }

        return decoders;
    }

    /// <summary>The bodies of the golden files, each behind a header.</summary>
    private static IEnumerable<byte[]> Golden()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.request.txt").Order(StringComparer.Ordinal))
        {
            var key = Enum.Parse<ApiKey>(Path.GetFileName(file).Split('.')[0]);
            foreach (Match section in Section().Matches(File.ReadAllText(file)))
            {
                var first = short.Parse(section.Groups["first"].Value, CultureInfo.InvariantCulture);
                var last = section.Groups["last"].Success ? short.Parse(section.Groups["last"].Value, CultureInfo.InvariantCulture) : first;
                var body = section.Groups["bytes"].Value is "-" ? [] : Convert.FromHexString(section.Groups["bytes"].Value);
                for (var version = first; version <= last; version++)
                    yield return Frame(key, version, body);
            }
        }
    }

    private static (ApiKey, short) KeyOf(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        return (header.ApiKey, header.ApiVersion);
    }

    private static byte[] Frame(ApiKey key, short version, byte[] body)
    {
        using var header = new FrameBuffer();
        new RequestHeader(key, version, 1, "fuzz").Write(header);
        return [.. header.Written.Span, .. body];
    }

    [GeneratedRegex(@"^versions? (?<first>\d+)(-(?<last>\d+))?, \w+\n(?<bytes>[0-9a-f]+|-)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
