using System.Net;

namespace Broker.Quotas;

/// <summary>All quotas at one moment. Immutable.</summary>
internal sealed class QuotaSet
{
    private readonly Dictionary<QuotaEntity, IReadOnlyDictionary<QuotaKey, double>> _quotas;
    private readonly Dictionary<IPAddress, double> _ofAddresses = [];
    private readonly double _ofOtherAddresses = double.PositiveInfinity;

    public QuotaSet(IReadOnlyDictionary<QuotaEntity, IReadOnlyDictionary<QuotaKey, double>> quotas)
    {
        _quotas = quotas.Where(q => q.Value.Count > 0).ToDictionary();
        HasClientQuotas = _quotas.Keys.Any(e => e.Ip is null);
        foreach (var (entity, limits) in _quotas)
        {
            if (entity.Ip is not { } ip || !limits.TryGetValue(QuotaKey.ConnectionCreationRate, out var limit))
                continue;
            if (ip.Name is null)
                _ofOtherAddresses = limit;
            else
                _ofAddresses[IPAddress.Parse(ip.Name)] = limit;
        }
    }

    public static QuotaSet Empty { get; } = new(new Dictionary<QuotaEntity, IReadOnlyDictionary<QuotaKey, double>>());

    public IReadOnlyDictionary<QuotaEntity, IReadOnlyDictionary<QuotaKey, double>> All => _quotas;

    /// <summary>Whether any user or client id has a limit.</summary>
    public bool HasClientQuotas { get; }

    /// <summary>New connections a second from an address; infinite where nothing is said.</summary>
    public double ConnectionRate(IPAddress address) => _ofAddresses.GetValueOrDefault(address, _ofOtherAddresses);

    /// <summary>
    /// The limit for a client: of the quotas that speak of it the most particular. A limit is shared by those who have it in common:
    /// all clients of a user, all users of a client id, or none but this pair.
    /// </summary>
    public ClientLimit? Find(QuotaKey key, string user, string clientId) =>
        Of(QuotaEntity.For(user, clientId), key, user, clientId)
        ?? Of(QuotaEntity.For(user, null), key, user, clientId)
        ?? Of(QuotaEntity.ForUser(user), key, user, "")
        ?? Of(QuotaEntity.For(null, clientId), key, user, clientId)
        ?? Of(QuotaEntity.For(null, null), key, user, clientId)
        ?? Of(QuotaEntity.ForUser(null), key, user, "")
        ?? Of(QuotaEntity.ForClientId(clientId), key, "", clientId)
        ?? Of(QuotaEntity.ForClientId(null), key, "", clientId);

    private ClientLimit? Of(QuotaEntity entity, QuotaKey key, string user, string clientId) =>
        _quotas.TryGetValue(entity, out var limits) && limits.TryGetValue(key, out var bound) ? new ClientLimit(key, user, clientId, bound) : null;
}

/// <summary>A limit and who shares it; an empty name is everybody.</summary>
internal sealed record ClientLimit(QuotaKey Key, string User, string ClientId, double Bound);
