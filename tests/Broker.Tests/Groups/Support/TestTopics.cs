using System.Security.Cryptography;
using System.Text;
using Broker.Groups.Consumer;

namespace Broker.Tests.Groups.Support;

/// <summary>Topics by name, made with a number of partitions or, while none was made, every one that is not gone. A name's id never changes.</summary>
internal sealed class TestTopics : ITopicsView
{
    private const int Unbounded = int.MaxValue;

    private readonly SortedDictionary<string, int> _made = new(StringComparer.Ordinal);

    public HashSet<string> Gone { get; } = [];

    public object Version { get; private set; } = new();

    public IEnumerable<string> Names => _made.Keys.Where(name => !Gone.Contains(name));

    public static Guid IdOf(string name) => new(MD5.HashData(Encoding.UTF8.GetBytes(name)));

    public TestTopics Make(string name, int partitions)
    {
        _made[name] = partitions;
        Version = new object();
        return this;
    }

    public void Delete(string name)
    {
        Gone.Add(name);
        Version = new object();
    }

    public string NameOf(Guid id) => Find(id)?.Name ?? "?";

    public TopicView? Find(string name)
    {
        if (Gone.Contains(name))
            return null;
        if (_made.TryGetValue(name, out var partitions))
            return new TopicView(name, IdOf(name), partitions);
        return _made.Count == 0 ? new TopicView(name, IdOf(name), Unbounded) : null;
    }

    public TopicView? Find(Guid id) => Names.Where(name => IdOf(name) == id).Select(Find).FirstOrDefault();
}
