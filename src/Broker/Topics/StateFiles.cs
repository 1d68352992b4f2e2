using System.Text.Json.Serialization.Metadata;
using Broker.Authorization;
using Broker.Configuration;
using Broker.Groups;
using Broker.Quotas;
using Broker.Security.Scram;

namespace Broker.Topics;

/// <summary>The one list of a data directory's state files, and what each holds.</summary>
internal static class StateFiles
{
    public static IReadOnlyList<(string Name, JsonTypeInfo Content)> All { get; } =
    [
        (BrokerIdentity.FileName, StateFileJson.Default.BrokerFile),
        (TopicCatalog.FileName, StateFileJson.Default.TopicsFile),
        (DynamicBrokerConfig.FileName, DynamicBrokerConfigJson.Default.DynamicBrokerConfigFile),
        (GroupConfigs.FileName, GroupConfigsJson.Default.GroupConfigsFile),
        (AclStore.FileName, AclFileJson.Default.AclFile),
        (ScramCredentials.FileName, ScramFileJson.Default.ScramFile),
        (QuotaStore.FileName, QuotaFileJson.Default.QuotaFile),
    ];
}
