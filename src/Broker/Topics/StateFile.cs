using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Broker.Storage;

namespace Broker.Topics;

/// <summary>The broker's own small files: read whole, replaced whole, so that a crash leaves the old one or the new one.</summary>
internal static class StateFile
{
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Of the file.</param>
    /// <param name="type">Asked only when there is a file: what knows of JSON takes a start longer to make than all else.</param>
    /// <exception cref="InvalidDataException">The file is there and is not what this broker writes. Nothing was changed.</exception>
    public static T? Read<T>(DataDirectory directory, string name, Func<JsonTypeInfo<T>> type)
        where T : class
    {
        if (directory.Read(name) is not { } content)
            return null;

        return (T)Parse(content, Path.Combine(directory.Path, name), type());
    }

    /// <exception cref="InvalidDataException">It is not what this broker writes.</exception>
    public static object Parse(ReadOnlySpan<byte> content, string path, JsonTypeInfo type)
    {
        try
        {
            return JsonSerializer.Deserialize(content, type) ?? throw new InvalidDataException($"{path} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message} Restore it or move the data directory away.", e);
        }
    }

    /// <summary>On return the new content is on disk.</summary>
    public static void Replace<T>(DataDirectory directory, string name, T content, JsonTypeInfo<T> type) =>
        directory.WriteAtomically(name, Serialize(content, type));

    /// <summary>By the generated code where there is any, which does without a description of each type, again for the sake of the start.</summary>
    private static ReadOnlySpan<byte> Serialize<T>(T content, JsonTypeInfo<T> type)
    {
        if (type.SerializeHandler is not { } write)
            return JsonSerializer.SerializeToUtf8Bytes(content, type);

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = type.Options.WriteIndented }))
            write(json, content);
        return buffer.WrittenSpan;
    }
}

/// <param name="ClusterId">Made once, when the data directory is new.</param>
/// <param name="LeaderEpoch">Rises by one with every start.</param>
/// <param name="NextProducerId">Every smaller one may have been given out.</param>
internal sealed record BrokerFile(string ClusterId, int LeaderEpoch, long NextProducerId);

internal sealed record TopicsFile(IReadOnlyList<TopicsFile.Entry> Topics)
{
    /// <param name="Name">The topic's name.</param>
    /// <param name="Id">Never used again, also not for a topic of the same name.</param>
    /// <param name="Partitions">Their number.</param>
    /// <param name="Deleting">The topic is gone for clients, its files perhaps not yet.</param>
    /// <param name="Configs">Settings of its own.</param>
    /// <param name="CreatingFrom">Partitions from this one on may have no log yet, and get one at start; null when all have, and one that is missing is lost.</param>
    internal sealed record Entry(
        string Name, Guid Id, int Partitions, bool Deleting, IReadOnlyDictionary<string, string> Configs,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CreatingFrom = null);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BrokerFile))]
[JsonSerializable(typeof(TopicsFile))]
internal sealed partial class StateFileJson : JsonSerializerContext;
