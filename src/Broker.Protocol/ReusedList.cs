using System.Collections;

namespace Broker.Protocol;

/// <summary>A list that keeps the objects of its elements when it is cleared, and gives them out again. One thread at a time.</summary>
public sealed class ReusedList<T> : IReadOnlyList<T>
    where T : class, IReused, new()
{
    private readonly List<T> _kept = [];

    public int Count { get; private set; }

    /// <summary>Objects kept, whether they are elements now or not.</summary>
    public int Weight
    {
        get
        {
            var weight = 0;
            foreach (var kept in _kept)
                weight += kept.Weight;
            return weight;
        }
    }

    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _kept[index];
        }
    }

    /// <summary>The next element, as new.</summary>
    public T Add()
    {
        if (Count == _kept.Count)
            _kept.Add(new T());
        return _kept[Count++];
    }

    public void Clear()
    {
        for (var i = 0; i < Count; i++)
            _kept[i].Reset();
        Count = 0;
    }

    public IEnumerator<T> GetEnumerator() => _kept.Take(Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A message's list is any list; if it is one that is reused, it is.</summary>
public static class ReusedLists
{
    /// <summary>The list itself if it can be added to, else an empty one to take its place.</summary>
    public static ReusedList<T> Reused<T>(this IReadOnlyList<T> list)
        where T : class, IReused, new() => list as ReusedList<T> ?? new ReusedList<T>();

    /// <summary>The list itself without its elements if it keeps their objects, else an empty one.</summary>
    internal static IReadOnlyList<T> Emptied<T>(this IReadOnlyList<T> list)
        where T : class, IReused, new()
    {
        if (list is not ReusedList<T> reused)
            return [];

        reused.Clear();
        return reused;
    }

    internal static int Weight<T>(this IReadOnlyList<T> list)
        where T : class, IReused, new() => list is ReusedList<T> reused ? reused.Weight : 0;
}
