using System.Collections.Concurrent;

namespace MassTransit.LogTransport.Topology;

/// <summary>How a record's key is taken from a message: by the selector of its own type, else by that of a type it implements.</summary>
internal sealed class RecordKeys
{
    private readonly Dictionary<Type, Func<object, string?>> _selectors = [];
    private readonly ConcurrentDictionary<Type, Func<object, string?>> _resolved = [];

    public void Add<T>(Func<T, string?> selector)
        where T : class
    {
        _selectors[typeof(T)] = message => selector((T)message);
    }

    public string? Select<T>(T message)
        where T : class
    {
        return _selectors.Count == 0 ? null : _resolved.GetOrAdd(typeof(T), Resolve).Invoke(message);
    }

    private Func<object, string?> Resolve(Type messageType)
    {
        if (_selectors.TryGetValue(messageType, out var own))
            return own;

        var implemented = _selectors.Where(x => x.Key.IsAssignableFrom(messageType)).OrderBy(x => x.Key.FullName, StringComparer.Ordinal).FirstOrDefault();

        return implemented.Value ?? (_ => null);
    }
}
