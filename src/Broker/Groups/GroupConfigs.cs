using System.Text.Json.Serialization;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Groups;

/// <summary>
/// The settings that groups have to themselves, also groups that nobody has joined yet. Kept in <c>group-configs.json</c>, on disk
/// before they take effect, which is with each member's next heartbeat. Safe for use by any thread.
/// </summary>
internal sealed class GroupConfigs
{
    public const string FileName = "group-configs.json";

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    private readonly Lock _changing = new();
    private readonly DataDirectory _directory;
    private readonly BrokerOptions _broker;
    private volatile GroupConfigsFile _file;

    private GroupConfigs(DataDirectory directory, BrokerOptions broker, GroupConfigsFile file) => (_directory, _broker, _file) = (directory, broker, file);

    /// <summary>The groups that have settings of their own.</summary>
    public IEnumerable<string> Groups => _file.Groups.Keys.Order(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The file is damaged, or the broker's own settings no longer allow one of them.</exception>
    public static GroupConfigs Open(DataDirectory directory, BrokerOptions broker)
    {
        var file = StateFile.Read(directory, FileName, static () => GroupConfigsJson.Default.GroupConfigsFile);
        try
        {
            foreach (var configs in file?.Groups.Values ?? [])
                Check(configs, broker);
            return new GroupConfigs(directory, broker, file ?? new GroupConfigsFile(new Dictionary<string, IReadOnlyDictionary<string, string>>()));
        }
        catch (InvalidSettingException e)
        {
            throw new InvalidDataException($"{FileName} in {directory.Path}: {e.Message}", e);
        }
    }

    /// <summary>What is set on the group itself.</summary>
    public IReadOnlyDictionary<string, string> Of(string group) => _file.Groups.GetValueOrDefault(group, Nothing);

    /// <summary>The broker's settings with the group's own in their place.</summary>
    public GroupSettings Over(GroupSettings settings, string group)
    {
        if (!_file.Groups.TryGetValue(group, out var own))
            return settings;

        return settings with
        {
            ConsumerSessionTimeout = TimeSpan.FromMilliseconds(GroupSetting.SessionTimeout.Read(own, _broker)),
            ConsumerHeartbeatInterval = TimeSpan.FromMilliseconds(GroupSetting.HeartbeatInterval.Read(own, _broker)),
        };
    }

    /// <summary>Replaces what is set on a group by what <paramref name="change"/> makes of it.</summary>
    /// <exception cref="InvalidSettingException">A setting is unknown or has a value that is not allowed. Nothing was changed.</exception>
    /// <exception cref="IOException">The change could not be made durable, and was not made.</exception>
    public void Alter(string group, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change, bool validateOnly)
    {
        lock (_changing)
        {
            var configs = change(Of(group));
            Check(configs, _broker);
            if (validateOnly)
                return;

            var groups = _file.Groups.ToDictionary();
            if (configs.Count > 0)
                groups[group] = configs;
            else
                groups.Remove(group);
            var file = new GroupConfigsFile(groups);
            StateFile.Replace(_directory, FileName, file, GroupConfigsJson.Default.GroupConfigsFile);
            _file = file;
        }
    }

    private static void Check(IReadOnlyDictionary<string, string> configs, BrokerOptions broker)
    {
        foreach (var (name, value) in configs)
            GroupSetting.Check(name, value, broker);
        var (heartbeat, session) = (GroupSetting.HeartbeatInterval.Read(configs, broker), GroupSetting.SessionTimeout.Read(configs, broker));
        if (configs.Count > 0 && heartbeat >= session)
            throw new InvalidSettingException(GroupSetting.SessionTimeout.Name, $"A session of {session} ms is not longer than a heartbeat interval of {heartbeat} ms.");
    }
}

/// <param name="Groups">Settings by group.</param>
internal sealed record GroupConfigsFile(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Groups);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GroupConfigsFile))]
internal sealed partial class GroupConfigsJson : JsonSerializerContext;
