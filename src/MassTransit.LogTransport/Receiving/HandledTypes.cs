using MassTransit.LogTransport.Serialization;

namespace MassTransit.LogTransport.Receiving;

/// <summary>The message types an endpoint's consumers were connected for; complete before the endpoint starts, only read afterwards.</summary>
internal sealed class HandledTypes
{
    private readonly HashSet<string> _urns = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> _byTopic = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byShortName = new(StringComparer.OrdinalIgnoreCase);

    public void Add<T>(string topic)
        where T : class
    {
        var urn = MessageUrn.ForTypeString<T>();
        if (!_urns.Add(urn))
            return;

        _byShortName.TryAdd(MessageTypeNames.ShortName(urn), urn);

        if (!_byTopic.TryGetValue(topic, out var urns))
            _byTopic.Add(topic, urns = []);

        urns.Add(urn);
    }

    public bool HandlesAny(IEnumerable<string> urns) => urns.Any(_urns.Contains);

    /// <summary>
    /// The type of a record whose producer knows nothing of urns: the one with the short name it gives, else the only one handled from that topic,
    /// else unknown.
    /// </summary>
    public string? Infer(string topic, string? shortName)
    {
        if (shortName != null)
            return _byShortName.GetValueOrDefault(shortName);

        if (_byTopic.TryGetValue(topic, out var urns) && urns.Count == 1)
            return urns[0];

        return _urns.Count == 1 ? _urns.First() : null;
    }
}
