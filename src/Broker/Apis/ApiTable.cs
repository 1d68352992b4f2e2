using System.Diagnostics.CodeAnalysis;
using Broker.Protocol;

namespace Broker.Apis;

/// <summary>The one list of what is served. Dispatch and the ApiVersions answer are computed from it; nothing else names a version.</summary>
internal sealed class ApiTable
{
    private readonly Dictionary<ApiKey, Api> _rows;

    public ApiTable(IEnumerable<Api> rows) => _rows = rows.ToDictionary(r => r.Key);

    public IEnumerable<Api> Rows => _rows.Values.OrderBy(r => r.Key);

    public bool TryFind(ApiKey key, [NotNullWhen(true)] out Api? api) => _rows.TryGetValue(key, out api);
}
