namespace Broker.Connections;

/// <summary>
/// Objects between two uses. Who takes one is its only owner until it gives it back, once, when nobody uses it any more. Safe for use
/// by any thread.
/// </summary>
/// <param name="capacity">The weight of all that are kept; what is given beyond it goes to the garbage collector.</param>
internal sealed class Pool<T>(int capacity)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Stack<(T Item, int Weight)> _free = new();
    private int _weight;

    public T? TryTake()
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var taken))
                return null;
            _weight -= taken.Weight;
            return taken.Item;
        }
    }

    /// <returns>False when it is not kept.</returns>
    public bool Give(T item, int weight = 1)
    {
        lock (_lock)
        {
            if (_weight + weight > capacity)
                return false;
            _weight += weight;
            _free.Push((item, weight));
            return true;
        }
    }
}
