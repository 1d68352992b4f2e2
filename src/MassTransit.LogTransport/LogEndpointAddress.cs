using MassTransit.LogTransport.Topology;

namespace MassTransit.LogTransport;

/// <summary>
/// Where a message goes or comes from: <c>log://host/[prefix/]name</c>, with <c>type=topic</c> for a topic that any endpoint may read and
/// <c>instance=…</c> for the reader of one partition of a shared reply topic. With <c>type=schedule</c> what is sent cancels the delayed message whose token is its key. The host part names no broker: a bus talks to one
/// cluster, and addresses of other processes may spell its name in another way.
/// </summary>
internal readonly record struct LogEndpointAddress
{
    public const string Scheme = "log";
    private const string TypeKey = "type";
    private const string TopicType = "topic";
    private const string ScheduleType = "schedule";
    private const string InstanceKey = "instance";
    private readonly Uri _host;

    public LogEndpointAddress(Uri hostAddress, string name, bool isTopic = false, string? instance = null, bool isSchedule = false)
    {
        _host = hostAddress;
        Prefix = Unescape(hostAddress.AbsolutePath.Trim('/'));
        Name = name;
        IsTopic = isTopic;
        Instance = instance;
        IsSchedule = isSchedule;
    }

    public LogEndpointAddress(Uri hostAddress, Uri address)
        : this(hostAddress, "")
    {
        switch (address.Scheme.ToLowerInvariant())
        {
            case Scheme:
                var segments = address.AbsolutePath.Trim('/').Split('/');
                if (segments.Length > 2)
                    throw new ArgumentException($"The address '{address}' has more than a prefix and a name", nameof(address));

                Prefix = segments.Length == 2 ? Unescape(segments[0]) : "";
                Name = Unescape(segments[^1]);
                break;

            case "queue":
                Name = Unescape(address.AbsolutePath);
                break;

            case "topic":
            case "exchange":
                Name = Unescape(address.AbsolutePath);
                IsTopic = true;
                break;

            default:
                throw new ArgumentException($"'{address}' is no address of the log: queue:name, topic:name, exchange:name and {Scheme}://host/name are", nameof(address));
        }

        if (!TopicName.IsLegal(Topic))
            throw new ArgumentException($"The address '{address}' names '{Topic}', which is not a topic name: {TopicName.Rule}", nameof(address));

        foreach (var (key, value) in Options(address.Query))
        {
            switch (key)
            {
                case TypeKey:
                    IsTopic = value == TopicType;
                    IsSchedule = value == ScheduleType;
                    break;
                case InstanceKey:
                    Instance = value;
                    break;
            }
        }
    }

    /// <summary>Put in front of <see cref="Name" /> on the broker; empty for none.</summary>
    public string Prefix { get; }

    /// <summary>The topic or endpoint without the prefix.</summary>
    public string Name { get; }

    /// <summary>A topic of facts, not the own topic of an endpoint.</summary>
    public bool IsTopic { get; }

    /// <summary>The topic of messages that wait to be delivered.</summary>
    public bool IsSchedule { get; }

    /// <summary>Who is meant among the readers of a shared reply topic.</summary>
    public string? Instance { get; }

    /// <summary>The topic's name on the broker.</summary>
    public string Topic => Prefix + Name;

    public Uri ToUri()
    {
        var path = Prefix.Length == 0 ? Uri.EscapeDataString(Name) : $"{Uri.EscapeDataString(Prefix)}/{Uri.EscapeDataString(Name)}";
        var query = (IsTopic, IsSchedule, Instance) switch
        {
            (true, _, _) => $"?{TypeKey}={TopicType}",
            (_, true, _) => $"?{TypeKey}={ScheduleType}",
            (_, _, not null) => $"?{InstanceKey}={Uri.EscapeDataString(Instance)}",
            _ => "",
        };

        return new Uri($"{Scheme}://{_host.Authority}/{path}{query}");
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text);

    private static IEnumerable<(string Key, string Value)> Options(string query)
    {
        foreach (var option in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                yield return (Unescape(option[..equals]), Unescape(option[(equals + 1)..]));
        }
    }
}
