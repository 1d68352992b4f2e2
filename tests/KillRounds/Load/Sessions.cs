using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>What a reader reads on end, by place. Used by one thread.</summary>
internal sealed class Sessions(string reader, string group, History history)
{
    private readonly Dictionary<Place, string> _sessions = [];
    private int _begun;

    public string Of(Place place) => _sessions[place];

    /// <summary>Where the group got to; to be called before anybody asks where that is.</summary>
    public void Begin(Place place)
    {
        Next(place);
        history.Add(new Assigned(reader, Of(place), place, group));
    }

    public void GoTo(Place place, long offset)
    {
        Next(place);
        history.Add(new Positioned(reader, Of(place), place, offset));
    }

    private void Next(Place place) => _sessions[place] = $"{reader}/{_begun++}";
}
