using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit.Serialization;
using MassTransit.Serialization.JsonConverters;

namespace MassTransit.LogTransport.Serialization;

/// <summary>
/// MassTransit's own JSON rules, so that message interfaces and message data work, but written as any other client would write and read them:
/// one line, enums as strings, decimals as numbers.
/// </summary>
internal static class PlainJson
{
    private static readonly Lazy<JsonSerializerOptions> LazyOptions = new(Create);

    /// <summary>Taken from MassTransit's options at the first use, so that what an application adds to those before is kept.</summary>
    public static JsonSerializerOptions Options => LazyOptions.Value;

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(SystemTextJsonMessageSerializer.Options)
        {
            WriteIndented = false,
            NumberHandling = JsonNumberHandling.AllowReadingFromString,
        };

        foreach (var converter in options.Converters.OfType<StringDecimalJsonConverter>().ToArray())
            options.Converters.Remove(converter);

        options.Converters.Insert(0, new JsonStringEnumConverter());

        return options;
    }
}
