using System.Buffers;

namespace Broker.Topics;

/// <summary>Kafka's rules for a topic's name, which is also the name of a directory.</summary>
internal static class TopicName
{
    public const string ConsumerOffsets = "__consumer_offsets";

    public const string TransactionState = "__transaction_state";

    /// <summary>Where Kafka keeps its own state; not here, but nobody else may have the name.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    private const int MaxLength = 249;

    private static readonly SearchValues<char> Legal =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Says what is wrong with the name, or null when it may be used.</summary>
    public static string? Check(string name) => name switch
    {
        "" => "A topic's name cannot be empty.",
        "." or ".." => "A topic cannot be called \".\" or \"..\".",
        { Length: > MaxLength } => $"A topic's name has at most {MaxLength} characters, this one {name.Length}.",
        _ when name.AsSpan().ContainsAnyExcept(Legal) => $"\"{name}\" has characters other than ASCII letters, digits, '.', '_' and '-'.",
        _ => null,
    };

    /// <summary>Kafka keeps apart names that its metrics could not: those that differ in '.' and '_' only.</summary>
    public static bool Collide(string one, string other) =>
        one.Replace('.', '_').Equals(other.Replace('.', '_'), StringComparison.Ordinal);

    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState;
}
