using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Broker.Configuration;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Topics;

/// <summary>
/// Which topics exist. Kept whole in <c>topics.json</c>; that file decides: partitions it calls being created get their logs at start,
/// a topic it calls deleting is removed to the end, and any other partition without its log is offline: it is lost, not new. Readers see one snapshot after another, without a lock; changes come
/// one at a time. A topic can be used before it can be seen.
/// </summary>
internal sealed class TopicCatalog : IDisposable
{
    public const string FileName = "topics.json";

    /// <summary>Opening and closing a log waits for the disk more than for a processor, and the disk takes many at once.</summary>
    private static readonly ParallelOptions Disk = new() { MaxDegreeOfParallelism = 16 };

    private readonly SemaphoreSlim _changing = new(1);
    private readonly DataDirectory _directory;
    private readonly DynamicBrokerConfig _config;
    private readonly TopicLogs _logs;
    private readonly ILogger _logger;
    private volatile TopicSet _topics = new([], new TopicCounts());

    public TopicCatalog(DataDirectory directory, DynamicBrokerConfig config, TopicLogs logs, ILogger logger)
    {
        _directory = directory;
        _config = config;
        _logs = logs;
        _logger = logger;
    }

    /// <summary>In order of name.</summary>
    public IReadOnlyList<Topic> All => _topics.Sorted;

    /// <summary>
    /// Has others forget what they keep by the name of a topic that is gone. Called while no topic has the name and none can get it: after a
    /// deletion, and, should that have failed then, before the next topic of the name can be seen. An <see cref="IOException"/> says that it failed.
    /// </summary>
    public Func<string, Task> ForgetName { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What went through all topics, also those that are gone since: it never falls.</summary>
    public TopicCounts Counts => _topics.Counts;

    /// <summary>Another object after every change.</summary>
    public object Version => _topics;

    public bool TryFind(string name, [NotNullWhen(true)] out Topic? topic) => _topics.ByName.TryGetValue(name, out topic);

    public bool TryFind(Guid id, [NotNullWhen(true)] out Topic? topic) => _topics.ById.TryGetValue(id, out topic);

    public Partition? FindPartition(string topic, int index) =>
        TryFind(topic, out var found) && found.TryGetPartition(index, out var partition) ? partition : null;

    /// <summary>Opens every log. Called once, before anything else.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or is missing where there are logs.</exception>
    public void Open()
    {
        var entries = StateFile.Read(_directory, FileName, static () => StateFileJson.Default.TopicsFile)?.Topics ?? NoTopics();
        foreach (var deleted in entries.Where(e => e.Deleting))
            _logs.Remove(deleted.Name, 0, deleted.Partitions);

        var live = entries.Where(e => !e.Deleting).ToArray();
        var topics = new Topic[live.Length];
        var repaired = 0;
        Parallel.For(0, live.Length, Disk, i =>
        {
            var entry = live[i];
            var config = new TopicConfig(_config.Current, entry.Configs);
            if (!InternalTopics.KeepsState(entry.Name, config))
            {
                config = InternalTopics.Repaired(config);
                Interlocked.Increment(ref repaired);
                _logger.InternalTopicRepaired(entry.Name);
            }

            var partitions = OpenPartitions(entry.Name, entry.Partitions, config, entry.CreatingFrom ?? entry.Partitions);
            topics[i] = Created(new Topic(entry.Name, entry.Id, config, partitions) { CreatingFrom = entry.CreatingFrom });
        });
        _topics = new TopicSet(topics, new TopicCounts());
        if (live.Length < entries.Count || repaired > 0 || live.Any(e => e.CreatingFrom is not null))
            Save(topics);
    }

    /// <summary>How many partitions a topic gets whose creator names no number.</summary>
    public int DefaultPartitions(string name) => InternalTopics.PartitionsOf(name, _config.Given);

    /// <summary>Makes a topic. With <paramref name="validateOnly"/> only says whether it could be made.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">Their number, -1 for <see cref="DefaultPartitions"/>.</param>
    /// <param name="configs">Settings of its own.</param>
    /// <param name="validateOnly">Change nothing.</param>
    /// <exception cref="TopicFaultException">The topic exists or may not be made like this.</exception>
    /// <exception cref="IOException">The disk does not do its part. Nothing was made.</exception>
    public Task<Topic> CreateAsync(string name, int partitions, IReadOnlyDictionary<string, string?> configs, bool validateOnly = false) =>
        ChangeAsync(async topics =>
        {
            TopicRules.CheckNew(topics, name);
            var count = partitions == -1 ? DefaultPartitions(name) : partitions;
            TopicRules.CheckPartitions(count);
            var config = new TopicConfig(_config.Current, TopicSetting.Checked(InternalTopics.With(name, configs, _config.Given)));
            InternalTopics.Check(name, config);
            var topic = new Topic(name, Guid.NewGuid(), config, []);
            if (validateOnly)
                return topic;

            await ForgetName(name).ConfigureAwait(false);
            for (var index = 0; index < count; index++)
                _logs.ClearTheWay(name, index);
            Save([.. topics.Sorted, topic with { CreatingFrom = 0 }], partitionsOf: t => t.Id == topic.Id ? count : t.Partitions.Count);
            topic = Make(topics, topic, 0, count);
            _topics = topics.With(topic);
            _logger.TopicCreated(name, topic.Id, count);
            return topic;
        });

    /// <exception cref="TopicFaultException">There is a topic of this name, or cannot be.</exception>
    public void CheckNew(string name) => TopicRules.CheckNew(_topics, name);

    /// <summary>An internal topic, made at its first use.</summary>
    public async Task<Topic> GetOrCreateInternalAsync(string name)
    {
        if (TryFind(name, out var topic))
            return topic;

        try
        {
            return await CreateAsync(name, -1, new Dictionary<string, string?>()).ConfigureAwait(false);
        }
        catch (TopicFaultException e) when (e.Code == ErrorCode.TopicAlreadyExists && TryFind(name, out topic))
        {
            return topic;
        }
    }

    /// <exception cref="TopicFaultException">No such topic, or it may not be deleted.</exception>
    public Task<Topic> DeleteAsync(Guid id) => ChangeAsync(async topics =>
    {
        if (!topics.ById.TryGetValue(id, out var topic))
            throw new TopicFaultException(ErrorCode.UnknownTopicOrPartition, "This topic does not exist.");
        if (topic.IsInternal)
            throw new TopicFaultException(ErrorCode.InvalidTopicException, $"Topic '{topic.Name}' is internal and cannot be deleted.");

        Save(topics.Sorted, deleting: topic);
        var rest = topics.Without(topic);
        _topics = rest;
        foreach (var partition in topic.Partitions)
            partition.Delete();
        _logs.Remove(topic.Name, 0, topic.Partitions.Count);
        try
        {
            await ForgetName(topic.Name).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _logger.NameNotForgotten(e, topic.Name);
        }

        Save(rest.Sorted);
        _logger.TopicDeleted(topic.Name, topic.Id);
        return topic;
    });

    /// <summary>Raises the number of partitions.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="count">The number after.</param>
    /// <param name="check">Is given the number now, once it is known that it would rise; refuses by the exception.</param>
    /// <param name="validateOnly">Change nothing.</param>
    /// <exception cref="TopicFaultException">No such topic, or the number would not rise.</exception>
    /// <exception cref="IOException">The disk does not do its part. The number is as it was.</exception>
    public Task<Topic> AddPartitionsAsync(string name, int count, Action<int> check, bool validateOnly) => ChangeAsync(topics =>
    {
        var topic = TopicRules.Existing(topics, name);
        TopicRules.CheckGrowth(topic, count);
        var now = topic.Partitions.Count;
        check(now);
        if (validateOnly)
            return topic;

        for (var index = now; index < count; index++)
            _logs.ClearTheWay(name, index);
        var growing = topic with { CreatingFrom = topic.CreatingFrom ?? now };
        Save(topics.With(growing).Sorted, partitionsOf: t => t.Id == topic.Id ? count : t.Partitions.Count);
        var grown = Make(topics, topic, now, count);
        _topics = topics.With(grown);
        _logger.PartitionsAdded(name, now, count);
        return grown;
    });

    /// <summary>Tries once more to open the partitions that wait for room.</summary>
    /// <param name="beforeShown">Is given each that could be opened while nobody else sees its log.</param>
    /// <returns>Those that could.</returns>
    public async Task<IReadOnlyList<Partition>> ReopenAsync(Action<Partition, PartitionLog> beforeShown)
    {
        if (!All.Any(static t => t.Partitions.Any(static p => p.WaitsForRoom)))
            return [];

        return await ChangeAsync(topics =>
        {
            var opened = new List<Partition>();
            foreach (var (topic, partition) in topics.Sorted.SelectMany(t => t.Partitions.Where(p => p.WaitsForRoom).Select(p => (t, p))))
            {
                if (_logs.TryOpen(partition, topic.Config, mayCreate: partition.Index >= (topic.CreatingFrom ?? topic.Partitions.Count)) is not { } log)
                    continue;
                beforeShown(partition, log);
                partition.Show(log);
                opened.Add(partition);
                _logger.PartitionOnline(partition.ToString());
            }

            return opened;
        }).ConfigureAwait(false);
    }

    /// <summary>Replaces the topic's own settings by what <paramref name="change"/> makes of them.</summary>
    /// <exception cref="TopicFaultException">No such topic, or a setting is refused.</exception>
    public Task<Topic> ConfigureAsync(string name, Func<TopicConfig, IReadOnlyDictionary<string, string>> change, bool validateOnly) =>
        ChangeAsync(topics =>
        {
            var topic = TopicRules.Existing(topics, name);
            var changed = topic with { Config = topic.Config.With(TopicSetting.Checked(change(topic.Config)!)) };
            InternalTopics.Check(name, changed.Config);
            if (validateOnly)
                return changed;

            var after = topics.With(changed);
            Save(after.Sorted);
            _topics = after;
            TakeEffect(changed);
            return changed;
        });

    /// <summary>After the broker's settings changed: gives the new ones to every topic that has none of its own.</summary>
    public Task RefreshDefaultsAsync() => ChangeAsync(topics =>
    {
        _topics = new TopicSet([.. topics.Sorted.Select(t => t with { Config = t.Config.Under(_config.Current) })], topics.Gone);
        foreach (var topic in All)
            TakeEffect(topic);
        return topics;
    });

    /// <summary>Closes every log cleanly. Nothing may use the catalog any more.</summary>
    public void Dispose()
    {
        var faults = new ConcurrentQueue<Exception>();
        Parallel.ForEach(All.SelectMany(t => t.Partitions), Disk, partition =>
        {
            try
            {
                partition.Close();
            }
            catch (Exception e)
            {
                // Nothing that a full or broken disk does comes here; the others are closed all the same.
                faults.Enqueue(e);
            }
        });
        _changing.Dispose();
        if (!faults.IsEmpty)
            throw new AggregateException(faults);
    }

    private Task<T> ChangeAsync<T>(Func<TopicSet, T> change) => ChangeAsync(topics => Task.FromResult(change(topics)));

    private async Task<T> ChangeAsync<T>(Func<TopicSet, Task<T>> change)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            return await change(_topics).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            _logger.TopicsNotChanged(e);
            throw;
        }
        finally
        {
            _changing.Release();
        }
    }

    private static void TakeEffect(Topic topic)
    {
        foreach (var log in topic.Partitions.Select(p => p.Log).OfType<PartitionLog>())
            log.Options = TopicLogs.LogOptionsOf(topic.Config);
    }

    /// <param name="topic">Its name.</param>
    /// <param name="count">How many.</param>
    /// <param name="config">The topic's settings.</param>
    /// <param name="existing">Those below have a log, or have lost it.</param>
    private Partition[] OpenPartitions(string topic, int count, TopicConfig config, int existing)
    {
        var partitions = new Partition[count];
        Parallel.For(0, count, Disk, i => partitions[i] = _logs.Open(topic, i, config, mayCreate: i >= existing));
        return partitions;
    }

    /// <summary>The topic with every partition of the range, in the file as well; or none of them: those that could be made are taken back.</summary>
    /// <exception cref="IOException">One could not be made.</exception>
    private Topic Make(TopicSet before, Topic topic, int from, int to)
    {
        var made = new Partition?[to - from];
        try
        {
            Parallel.For(0, made.Length, Disk, i => made[i] = _logs.Make(topic.Name, from + i, topic.Config));
            var whole = topic with { Partitions = [.. topic.Partitions, .. made!] };
            Save(before.With(whole).Sorted);
            return whole;
        }
        catch (AggregateException e) when (e.InnerExceptions.All(IsOfDisk))
        {
            TakeBack(before, topic.Name, from, to, made);
            throw new IOException($"The logs of '{topic.Name}' could not be made: {e.InnerExceptions[0].Message}", e.InnerExceptions[0]);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            TakeBack(before, topic.Name, from, to, made);
            throw;
        }
    }

    private void TakeBack(TopicSet before, string topic, int from, int to, Partition?[] made)
    {
        try
        {
            foreach (var partition in made)
                partition?.Delete();
            _logs.Remove(topic, from, to);
            Save(before.Sorted);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            // The next change of any topic saves the right list; what lies in the way of this name then is moved aside.
            _logger.PartitionsNotTakenBack(e, topic);
        }
    }

    private static bool IsOfDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>Made whole by a start, once all its logs are open; else the next start tries again.</summary>
    private static Topic Created(Topic topic) =>
        topic.Partitions.Skip(topic.CreatingFrom ?? topic.Partitions.Count).All(p => p.IsOnline) ? topic with { CreatingFrom = null } : topic;

    /// <summary>Without the file there never was a topic; where logs are, it is gone.</summary>
    private IReadOnlyList<TopicsFile.Entry> NoTopics() => _directory.ListLogs() is [var first, ..]
        ? throw new InvalidDataException(
            $"{Path.Combine(_directory.Path, FileName)} is missing, and there are logs, as {first}. Restore it or move the data directory away.")
        : [];

    private void Save(IEnumerable<Topic> topics, Topic? deleting = null, Func<Topic, int>? partitionsOf = null)
    {
        var entries = topics.Select(t => new TopicsFile.Entry(
            t.Name, t.Id, partitionsOf?.Invoke(t) ?? t.Partitions.Count, Deleting: t == deleting, t.Config.Overrides, t.CreatingFrom));
        StateFile.Replace(_directory, FileName, new TopicsFile(entries.ToList()), StateFileJson.Default.TopicsFile);
    }
}
