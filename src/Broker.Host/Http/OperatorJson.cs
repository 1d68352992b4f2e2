using System.Text.Json.Serialization;

namespace Broker.Host.Http;

/// <summary>How the operator's pages are written, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<TopicDescription>))]
[JsonSerializable(typeof(IReadOnlyList<GroupDescription>))]
internal sealed partial class OperatorJson : JsonSerializerContext;
