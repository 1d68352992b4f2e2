using System.Collections;

namespace Broker.Groups.Consumer;

/// <summary>An immutable set in ascending order, equal to every other with the same elements.</summary>
internal sealed class ValueSet<T> : IReadOnlyList<T>, IEquatable<ValueSet<T>>
    where T : IEquatable<T>
{
    private readonly T[] _items;

    private ValueSet(T[] items) => _items = items;

    public static ValueSet<T> Empty { get; } = new([]);

    // Names go by their code units, whatever the machine's culture.
    private static IComparer<T> Order { get; } = typeof(T) == typeof(string) ? (IComparer<T>)StringComparer.Ordinal : Comparer<T>.Default;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public static ValueSet<T> Of(IEnumerable<T> items)
    {
        var sorted = items.Distinct().ToArray();
        if (sorted.Length == 0)
            return Empty;
        Array.Sort(sorted, Order);
        return new ValueSet<T>(sorted);
    }

    public bool Contains(T item) => Array.BinarySearch(_items, item, Order) >= 0;

    public bool Equals(ValueSet<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as ValueSet<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
