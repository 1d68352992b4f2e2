using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using static Broker.Protocol.Messages.DescribeClientQuotasRequest;
using static Broker.Protocol.Messages.DescribeClientQuotasResponse;

namespace Broker.Apis;

/// <summary>DescribeClientQuotas 0-1: the quotas of the entities that have what a filter names, and with strict nothing beside it.</summary>
internal sealed class DescribeClientQuotasHandler(QuotaStore store)
{
    private const sbyte Exact = 0;
    private const sbyte Default = 1;
    private const sbyte Any = 2;

    public ValueTask<DescribeClientQuotasResponse?> HandleAsync(DescribeClientQuotasRequest request, RequestContext context)
    {
        if (!context.AllowsCluster(AclOperation.DescribeConfigs))
            return new(Refused(ErrorCode.ClusterAuthorizationFailed, "Describing quotas needs DescribeConfigs on the cluster."));
        if (Check(request.Components) is var (code, message) && code != ErrorCode.None)
            return new(Refused(code, message));

        return new(new DescribeClientQuotasResponse
        {
            ErrorMessage = "",
            Entries = [.. store.Quotas.All.Where(q => Matches(q.Key, request)).Select(Describe)],
        });
    }

    private static bool Matches(QuotaEntity entity, DescribeClientQuotasRequest request)
    {
        var parts = entity.Parts.ToDictionary();
        return (!request.Strict || parts.Count == request.Components.Count)
            && request.Components.All(c => parts.TryGetValue(c.EntityType, out var name) && (c.MatchType == Any || name == c.Match));
    }

    private static EntryData Describe(KeyValuePair<QuotaEntity, IReadOnlyDictionary<QuotaKey, double>> quota) => new()
    {
        Entity = [.. quota.Key.Parts.Select(p => new EntityData { EntityType = p.Key, EntityName = p.Value })],
        Values = [.. quota.Value.Select(v => new ValueData { Key = v.Key.Name(), Value = v.Value })],
    };

    private static (ErrorCode Code, string Message) Check(IReadOnlyList<ComponentData> components)
    {
        foreach (var component in components)
        {
            var type = component.EntityType;
            if (type.Length == 0)
                return (ErrorCode.InvalidRequest, "Invalid empty entity type.");
            if (type is not (QuotaEntity.UserType or QuotaEntity.ClientIdType or QuotaEntity.IpType))
                return (ErrorCode.UnsupportedVersion, $"Unsupported entity type {type}");
            if (component.MatchType is not (Exact or Default or Any))
                return (ErrorCode.InvalidRequest, $"Unknown match type {component.MatchType}");
            if (component.Match is null != component.MatchType is not Exact)
                return (ErrorCode.InvalidRequest, "An exact match has a name, any other has none.");
        }

        var types = components.Select(c => c.EntityType).ToHashSet();
        return types.Count < components.Count ? (ErrorCode.InvalidRequest, "An entity type cannot appear more than once in the filter.")
            : types.Contains(QuotaEntity.IpType) && types.Count > 1
                ? (ErrorCode.InvalidRequest, "IP filter component should not be used with user or clientId filter component.")
            : (ErrorCode.None, "");
    }

    private static DescribeClientQuotasResponse Refused(ErrorCode code, string message) =>
        new() { ErrorCode = code, ErrorMessage = message, Entries = null };
}
