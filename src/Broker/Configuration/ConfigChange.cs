namespace Broker.Configuration;

/// <summary>What a change does to one setting, with the numbers of IncrementalAlterConfigs.</summary>
internal enum ConfigOperationType : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

/// <summary>One step of a change of settings.</summary>
internal readonly record struct ConfigOperation(string Name, ConfigOperationType Type, string? Value);

/// <summary>A change of the settings of one resource: steps on what is set, or on nothing when everything is replaced.</summary>
internal sealed record ConfigChange(IReadOnlyList<ConfigOperation> Operations, bool ReplacesAll)
{
    /// <param name="own">What is set on the resource itself.</param>
    /// <param name="listNow">The value in effect of a setting that is a list; null for one that is none.</param>
    /// <exception cref="InvalidSettingException">A value is missing, or the setting is no list.</exception>
    public IReadOnlyDictionary<string, string> Apply(IReadOnlyDictionary<string, string> own, Func<string, string?> listNow)
    {
        var all = ReplacesAll ? [] : own.ToDictionary();
        foreach (var (name, type, value) in Operations)
        {
            if (type == ConfigOperationType.Delete)
                all.Remove(name);
            else if (value is null)
                throw new InvalidSettingException(name, $"{name} has no value.");
            else if (type == ConfigOperationType.Set)
                all[name] = value;
            else if (type is ConfigOperationType.Append or ConfigOperationType.Subtract && listNow(name) is { } now)
                all[name] = string.Join(',', type == ConfigOperationType.Append ? Items(now).Union(Items(value)) : Items(now).Except(Items(value)));
            else
                throw new InvalidSettingException(name, $"{type} cannot be done on {name}: it is no list.");
        }

        return all;
    }

    public override string ToString() =>
        (ReplacesAll ? "all, now " : "") + string.Join(", ", Operations.Select(o => $"{o.Type} {o.Name}={o.Value}"));

    private static string[] Items(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
