using System.Text.Json;
using System.Text.Json.Serialization;
using Broker.InProcess;

namespace Broker.Host.Rest;

/// <summary>How the REST API reads and writes JSON, without reflection. A name it does not know is refused rather than passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RestProblem))]
[JsonSerializable(typeof(ProduceAnswer))]
[JsonSerializable(typeof(NewTopic))]
[JsonSerializable(typeof(PartitionCount))]
[JsonSerializable(typeof(TopicDescription))]
[JsonSerializable(typeof(GroupDescription))]
[JsonSerializable(typeof(ClusterDescription))]
[JsonSerializable(typeof(OffsetResetBody))]
[JsonSerializable(typeof(OffsetResetAnswer))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(IReadOnlyList<TopicDescription>))]
[JsonSerializable(typeof(IReadOnlyList<GroupDescription>))]
[JsonSerializable(typeof(IReadOnlyList<ConnectionDescription>))]
[JsonSerializable(typeof(IReadOnlyList<TopicSettingDescription>))]
internal sealed partial class RestJson : JsonSerializerContext;
