using System.Collections.Frozen;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Configuration;

/// <summary>
/// The broker's settings as they stand: those given at start, over them those set for all brokers, over both those set for this one.
/// Changes are kept in <c>broker-configs.json</c>, on disk before they take effect. Safe for use by any thread: readers see one
/// snapshot after another, changes come one at a time.
/// </summary>
internal sealed class DynamicBrokerConfig
{
    public const string FileName = "broker-configs.json";

    /// <summary>Settings that may change while the broker runs. Whoever uses one asks <see cref="Current"/> each time, or is told of the change.</summary>
    private static readonly FrozenSet<string> Updatable = FrozenSet.Create(
        StringComparer.Ordinal,
        "compression.type",
        "log.cleaner.backoff.ms",
        "log.cleaner.dedupe.buffer.size",
        "log.cleaner.delete.retention.ms",
        "log.cleaner.io.buffer.load.factor",
        "log.cleaner.max.compaction.lag.ms",
        "log.cleaner.min.cleanable.ratio",
        "log.cleaner.min.compaction.lag.ms",
        "log.cleanup.policy",
        "log.flush.interval.messages",
        "log.flush.interval.ms",
        "log.index.interval.bytes",
        "log.index.size.max.bytes",
        "log.message.timestamp.after.max.ms",
        "log.message.timestamp.before.max.ms",
        "log.message.timestamp.type",
        "log.preallocate",
        "log.retention.bytes",
        "log.retention.ms",
        "log.roll.jitter.ms",
        "log.roll.ms",
        "log.segment.bytes",
        "log.write.caching",
        "max.connection.creation.rate",
        "max.connections",
        "max.connections.per.ip",
        "message.max.bytes",
        "producer.id.expiration.ms");

    private readonly Lock _changing = new();
    private readonly DataDirectory _directory;
    private volatile Snapshot _now;

    private DynamicBrokerConfig(DataDirectory directory, BrokerOptions given, DynamicBrokerConfigFile file)
    {
        _directory = directory;
        Given = given;
        _now = new Snapshot(given, file);
    }

    /// <summary>As the broker was started.</summary>
    public BrokerOptions Given { get; }

    public BrokerOptions Current => _now.Options;

    public static bool IsUpdatable(string name) => Updatable.Contains(name);

    /// <exception cref="InvalidDataException">The file of changed settings is damaged, or this broker does not take one of them.</exception>
    public static DynamicBrokerConfig Open(DataDirectory directory, BrokerOptions given)
    {
        var file = StateFile.Read(directory, FileName, static () => DynamicBrokerConfigJson.Default.DynamicBrokerConfigFile);
        try
        {
            return new DynamicBrokerConfig(directory, given, file ?? DynamicBrokerConfigFile.Empty);
        }
        catch (InvalidSettingException e)
        {
            throw new InvalidDataException($"{FileName} in {directory.Path}: {e.Message}", e);
        }
    }

    /// <summary>What was set for all brokers or for this one.</summary>
    public IReadOnlyDictionary<string, string> Overrides(BrokerScope scope) => _now.File.Of(scope);

    /// <summary>Replaces what was set by what <paramref name="change"/> makes of it. On return it is on disk and <see cref="Current"/>.</summary>
    /// <exception cref="InvalidSettingException">A setting is unknown, read-only or has a value that is not allowed. Nothing was changed.</exception>
    /// <exception cref="IOException">The change could not be made durable, and was not made.</exception>
    public void Alter(
        BrokerScope scope, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change, bool validateOnly)
    {
        lock (_changing)
        {
            var file = _now.File.With(scope, change(_now.File.Of(scope)));
            var readOnly = file.Of(scope).Keys.Where(name => !IsUpdatable(BrokerSettings.Find(name).Name)).Order(StringComparer.Ordinal).ToList();
            if (readOnly.Count > 0)
                throw new InvalidSettingException(readOnly[0], $"Cannot update these configs dynamically: [{string.Join(", ", readOnly)}]");

            var next = new Snapshot(Given, file);
            if (validateOnly)
                return;

            StateFile.Replace(_directory, FileName, file, DynamicBrokerConfigJson.Default.DynamicBrokerConfigFile);
            _now = next;
        }
    }

    private sealed class Snapshot
    {
        public Snapshot(BrokerOptions given, DynamicBrokerConfigFile file)
        {
            File = file;
            Options = given.Copy();
            foreach (var (name, value) in file.AllBrokers.Concat(file.ThisBroker))
                BrokerSettings.Find(name).Write(Options, value);
        }

        public DynamicBrokerConfigFile File { get; }

        /// <summary>Not changed once it can be seen.</summary>
        public BrokerOptions Options { get; }
    }
}
