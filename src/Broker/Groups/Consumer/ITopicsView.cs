namespace Broker.Groups.Consumer;

/// <summary>What groups know of topics. Safe for use by any thread.</summary>
internal interface ITopicsView
{
    /// <summary>Another object after every change of topics; the same one means that nothing has changed.</summary>
    object Version { get; }

    IEnumerable<string> Names { get; }

    TopicView? Find(string name);

    TopicView? Find(Guid id);
}

/// <summary>A topic as it stands.</summary>
internal readonly record struct TopicView(string Name, Guid Id, int Partitions);
