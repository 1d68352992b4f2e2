using Broker.Connections;

namespace Broker.Security;

/// <summary>
/// The connections that have not yet proved who they are, on listeners that ask. Each has <see cref="Patience"/>; when there are more
/// than the limit, the one that has been trying longest is cut: an honest client is done in milliseconds, so that those who hold
/// places without using them lose them first, and nobody else waits. Safe for use by any thread.
/// </summary>
internal sealed class HalfOpenConnections(TimeProvider time, int limit = HalfOpenConnections.UsualLimit)
{
    public const int UsualLimit = 1000;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _places = [];

    /// <param name="cut">Ends the connection; called at most once, from any thread.</param>
    /// <returns>To be disposed of once the client is known or gone.</returns>
    public IDisposable Enter(Action<CloseReason> cut)
    {
        var place = new Place(this, cut);
        LinkedListNode<Place>? oldest = null;
        lock (_lock)
        {
            place.Node = _places.AddLast(place);
            if (_places.Count > limit)
            {
                oldest = _places.First;
                _places.RemoveFirst();
            }
        }

        oldest?.Value.Cut(CloseReason.TooManyHalfOpen);
        place.StartTimer(time);
        return place;
    }

    private bool Leave(Place place)
    {
        lock (_lock)
        {
            if (place.Node.List is null)
                return false;
            _places.Remove(place.Node);
            return true;
        }
    }

    private sealed class Place(HalfOpenConnections all, Action<CloseReason> cut) : IDisposable
    {
        private ITimer? _timer;

        public LinkedListNode<Place> Node { get; set; } = null!;

        public void StartTimer(TimeProvider time) => _timer = time.CreateTimer(
            _ =>
            {
                if (all.Leave(this))
                    Cut(CloseReason.NotAuthenticatedInTime);
            },
            null,
            Patience,
            Timeout.InfiniteTimeSpan);

        public void Cut(CloseReason reason) => cut(reason);

        public void Dispose()
        {
            all.Leave(this);
            _timer?.Dispose();
        }
    }
}
