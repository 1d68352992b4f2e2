using System.Globalization;

namespace Broker.Configuration;

/// <summary>One setting of the broker. Write refuses a value with the setting's name, the value and what is allowed.</summary>
internal sealed record BrokerSetting(string Name, ConfigType Type, Func<BrokerOptions, string?> Read, Action<BrokerOptions, string> Write)
{
    private static readonly BrokerOptions Initial = new();

    public string? Default => Read(Initial);

    /// <param name="name">Kafka's name.</param>
    /// <param name="get">Reads the property.</param>
    /// <param name="set">Fills the property.</param>
    /// <param name="check">Returns what is allowed when the value is not, else null.</param>
    public static BrokerSetting Text(
        string name, Func<BrokerOptions, string?> get, Action<BrokerOptions, string> set, Func<string, string?> check) =>
        new(name, ConfigType.String, get, (options, text) =>
        {
            text = text.Trim();
            if (check(text) is { } allowed)
                throw Refused(name, text, allowed);
            set(options, text);
        });

    /// <summary>As <see cref="Text"/>, but a secret: nobody reads it back, and a refusal does not repeat it.</summary>
    public static BrokerSetting Password(string name, Action<BrokerOptions, string> set, Func<string, string?> check) =>
        new(name, ConfigType.Password, _ => null, (options, text) =>
        {
            if (check(text) is { } allowed)
                throw new InvalidSettingException(name, $"{name} was given a value it cannot have; it takes {allowed}.");
            set(options, text);
        });

    public static BrokerSetting Flag(string name, Func<BrokerOptions, bool> get, Action<BrokerOptions, bool> set) =>
        new(name, ConfigType.Boolean, o => get(o) ? "true" : "false", (options, text) =>
        {
            if (!bool.TryParse(text.Trim(), out var value))
                throw Refused(name, text, "true or false");
            set(options, value);
        });

    public static BrokerSetting Int32(string name, int min, int max, Func<BrokerOptions, int?> get, Action<BrokerOptions, int> set) =>
        new(name, ConfigType.Int, o => get(o)?.ToString(CultureInfo.InvariantCulture),
            (options, text) => set(options, (int)Number(name, text, min, max)));

    public static BrokerSetting Int64(string name, long min, long max, Func<BrokerOptions, long?> get, Action<BrokerOptions, long> set) =>
        new(name, ConfigType.Long, o => get(o)?.ToString(CultureInfo.InvariantCulture),
            (options, text) => set(options, Number(name, text, min, max)));

    /// <param name="name">Kafka's name.</param>
    /// <param name="allowed">What a number must be, in words.</param>
    /// <param name="isAllowed">Whether it is.</param>
    /// <param name="get">Reads the property.</param>
    /// <param name="set">Fills the property.</param>
    public static BrokerSetting Fraction(string name, string allowed, Func<double, bool> isAllowed, Func<BrokerOptions, double> get, Action<BrokerOptions, double> set) =>
        new(name, ConfigType.Double, o => ConfigValues.Format(get(o)), (options, text) =>
        {
            if (!ConfigValues.TryFraction(text, out var value) || !isAllowed(value))
                throw Refused(name, text, allowed);
            set(options, value);
        });

    private static long Number(string name, string text, long min, long max)
    {
        if (ConfigValues.TryNumber(text, min, max, out var value))
            return value;
        throw Refused(name, text, $"a whole number from {min} to {max}");
    }

    private static InvalidSettingException Refused(string name, string value, string allowed) =>
        new(name, $"{name} cannot be \"{value}\"; it takes {allowed}.");
}
