using System.Text.Json.Serialization;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Quotas;

/// <summary>
/// The quotas of <c>quotas.json</c>, replaced whole with every change. Readers see one snapshot after another, without a lock;
/// changes come one at a time and are on disk before they count. Safe for use by any thread.
/// </summary>
internal sealed class QuotaStore
{
    public const string FileName = "quotas.json";

    private readonly Lock _changing = new();
    private readonly DataDirectory _directory;
    private volatile QuotaSet _quotas;

    private QuotaStore(DataDirectory directory, QuotaSet quotas) => (_directory, _quotas) = (directory, quotas);

    public QuotaSet Quotas => _quotas;

    /// <exception cref="InvalidDataException">The file is there and is not what this broker writes.</exception>
    public static QuotaStore Open(DataDirectory directory)
    {
        var file = StateFile.Read(directory, FileName, static () => QuotaFileJson.Default.QuotaFile);
        return new(directory, file is null ? QuotaSet.Empty : new QuotaSet(file.Quotas.ToDictionary(Entity, Limits)));
    }

    /// <summary>Sets and removes limits; null removes. All of it or, after an exception, nothing.</summary>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public void Alter(IReadOnlyCollection<KeyValuePair<QuotaEntity, IReadOnlyDictionary<QuotaKey, double?>>> changes)
    {
        if (changes.Count == 0)
            return;

        lock (_changing)
        {
            var quotas = _quotas.All.ToDictionary(q => q.Key, q => q.Value.ToDictionary());
            foreach (var (entity, limits) in changes)
            {
                if (!quotas.TryGetValue(entity, out var own))
                    quotas[entity] = own = [];
                foreach (var (key, limit) in limits)
                {
                    if (limit is { } value)
                        own[key] = value;
                    else
                        own.Remove(key);
                }
            }

            var after = new QuotaSet(quotas.ToDictionary(q => q.Key, q => (IReadOnlyDictionary<QuotaKey, double>)q.Value));
            StateFile.Replace(_directory, FileName, new QuotaFile([.. after.All.Select(Entry)]), QuotaFileJson.Default.QuotaFile);
            _quotas = after;
        }
    }

    private static QuotaFile.Entry Entry(KeyValuePair<QuotaEntity, IReadOnlyDictionary<QuotaKey, double>> quota) =>
        new(quota.Key.Parts.ToDictionary(), quota.Value.ToDictionary(l => l.Key.Name(), l => l.Value));

    private static QuotaEntity Entity(QuotaFile.Entry entry) => new(
        Part(entry, QuotaEntity.UserType), Part(entry, QuotaEntity.ClientIdType), Part(entry, QuotaEntity.IpType));

    private static EntityName? Part(QuotaFile.Entry entry, string type) => entry.Entity.TryGetValue(type, out var name) ? new EntityName(name) : null;

    private static IReadOnlyDictionary<QuotaKey, double> Limits(QuotaFile.Entry entry) =>
        entry.Limits.ToDictionary(l => QuotaKeys.Find(l.Key) ?? throw new InvalidDataException($"{FileName} has a quota called {l.Key}."), l => l.Value);
}

internal sealed record QuotaFile(IReadOnlyList<QuotaFile.Entry> Quotas)
{
    /// <param name="Entity">Type and name of each part; a null name is the default.</param>
    /// <param name="Limits">By Kafka's names.</param>
    internal sealed record Entry(IReadOnlyDictionary<string, string?> Entity, IReadOnlyDictionary<string, double> Limits);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(QuotaFile))]
internal sealed partial class QuotaFileJson : JsonSerializerContext;
