using System.Globalization;
using System.Net;
using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.AlterClientQuotasRequest;

namespace Broker.Apis;

/// <summary>
/// AlterClientQuotas 0-1: sets and removes limits of users, client ids and addresses, each entity valid or refused by itself;
/// durable and in force when answered.
/// </summary>
internal sealed class AlterClientQuotasHandler(QuotaStore store, ILogger logger)
{
    public ValueTask<AlterClientQuotasResponse?> HandleAsync(AlterClientQuotasRequest request, RequestContext context)
    {
        if (!context.AllowsCluster(AclOperation.AlterConfigs))
            return new(AnswerAll(request, ErrorCode.ClusterAuthorizationFailed, "Changing quotas needs AlterConfigs on the cluster."));

        var changes = new Dictionary<QuotaEntity, IReadOnlyDictionary<QuotaKey, double?>>();
        var answers = request.Entries.Select(entry => Answer(entry, Read(entry, changes))).ToList();
        if (request.ValidateOnly)
            return new(new AlterClientQuotasResponse { Entries = answers });

        try
        {
            store.Alter(changes);
        }
        catch (IOException e)
        {
            return new(AnswerAll(request, ErrorCode.KafkaStorageError, e.Message));
        }

        foreach (var (entity, limits) in changes)
            logger.QuotaChanged(entity, context.Principal, string.Join(", ", limits.Select(Describe)));
        return new(new AlterClientQuotasResponse { Entries = answers });
    }

    /// <summary>Adds what the entry asks for to the changes, or says what is wrong with it.</summary>
    private static string? Read(EntryData entry, Dictionary<QuotaEntity, IReadOnlyDictionary<QuotaKey, double?>> changes)
    {
        if (ReadEntity(entry, out var entity) is { } fault)
            return fault;

        var limits = new Dictionary<QuotaKey, double?>();
        foreach (var op in entry.Ops)
        {
            if (QuotaKeys.Find(op.Key) is not { } key || !entity.Allows(key))
            {
                // What cannot be there is removed as it is.
                if (op.Remove)
                    continue;
                return $"Invalid configuration key {op.Key}";
            }

            if (!op.Remove && key.Check(op.Value) is { } wrong)
                return wrong;
            if (!limits.TryAdd(key, op.Remove ? null : op.Value))
                return $"Duplicate quota key {op.Key}";
        }

        return changes.TryAdd(entity, limits) ? null : $"Ignoring duplicate entity {entity}";
    }

    private static string? ReadEntity(EntryData entry, out QuotaEntity entity)
    {
        entity = new QuotaEntity(null, null, null);
        if (entry.Entity.Count == 0)
            return "Invalid empty client quota entity";

        foreach (var part in entry.Entity)
        {
            var name = new EntityName(part.EntityName);
            var (before, after) = part.EntityType switch
            {
                QuotaEntity.UserType => (entity.User, entity with { User = name }),
                QuotaEntity.ClientIdType => (entity.ClientId, entity with { ClientId = name }),
                QuotaEntity.IpType => (entity.Ip, entity with { Ip = name }),
                _ => (null, null),
            };
            if (part.EntityName is "")
                return $"Empty {part.EntityType} not supported";
            if (after is null)
                return $"Unhandled client quota entity type: {part.EntityType}";
            if (before is not null)
                return $"Invalid client quota entity, duplicate entity entry {part.EntityType}";
            entity = after;
        }

        return entity.Ip is null ? null
            : entity.User is not null || entity.ClientId is not null ? "Invalid quota entity combination, IP entity should not be combined with User or ClientId"
            : entity.Ip.Value.Name is { } ip && !IPAddress.TryParse(ip, out _) ? $"{ip} is not a valid IP."
            : null;
    }

    private static string Describe(KeyValuePair<QuotaKey, double?> limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{limit.Key.Name()} = {limit.Value?.ToString(CultureInfo.InvariantCulture) ?? "none"}");

    private static AlterClientQuotasResponse AnswerAll(AlterClientQuotasRequest request, ErrorCode code, string message) =>
        new() { Entries = [.. request.Entries.Select(entry => Answer(entry, message, code))] };

    private static AlterClientQuotasResponse.EntryData Answer(EntryData entry, string? fault, ErrorCode code = ErrorCode.InvalidRequest) => new()
    {
        ErrorCode = fault is null ? ErrorCode.None : code,
        ErrorMessage = fault,
        Entity = [.. entry.Entity.Select(p => new AlterClientQuotasResponse.EntityData { EntityType = p.EntityType, EntityName = p.EntityName })],
    };
}
