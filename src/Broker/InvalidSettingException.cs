namespace Broker;

/// <summary>A setting that the broker does not know or a value that it does not take. The message is fit for the user.</summary>
public sealed class InvalidSettingException : Exception
{
    /// <summary>Says what is wrong with <paramref name="setting"/>.</summary>
    public InvalidSettingException(string setting, string message) : base(message) => Setting = setting;

    /// <summary>The setting's name as the user gave it.</summary>
    public string Setting { get; }

    /// <summary>Whether there is no such setting here nor one like it, and none that guards a broker: a host may go on without it.</summary>
    public bool IsForeign { get; init; }
}
