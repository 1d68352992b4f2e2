namespace Broker.Configuration;

/// <summary>A place that gives a setting a value.</summary>
internal readonly record struct ConfigSynonym(string Name, string Value, ConfigSource Source);

/// <summary>A setting as it stands, for those who ask.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Value">The value in effect; null when there is none.</param>
/// <param name="Synonyms">Every place that gives it a value, the one in effect first.</param>
/// <param name="ReadOnly">Whether it cannot be changed while the broker runs.</param>
internal sealed record ConfigEntry(string Name, ConfigType Type, string? Value, IReadOnlyList<ConfigSynonym> Synonyms, bool ReadOnly = false)
{
    public ConfigSource Source => Synonyms.Count > 0 ? Synonyms[0].Source : ConfigSource.Default;

    public string? Documentation => SettingDocumentation.Find(Name);
}
