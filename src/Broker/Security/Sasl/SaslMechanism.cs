using Broker.Security.Scram;

namespace Broker.Security.Sasl;

/// <summary>A way to authenticate that a listener offers.</summary>
/// <param name="Name">As clients ask for it.</param>
/// <param name="MaxSessionMs">How long a session lasts until the client must authenticate again, in milliseconds; 0 for ever.</param>
/// <param name="Begin">Begins an authentication.</param>
internal sealed record SaslMechanism(string Name, long MaxSessionMs, Func<ScramCredentials, ISaslServer> Begin)
{
    private const string Plain = "PLAIN";
    private const string PlainModule = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string ScramModule = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private const string UserOption = "user_";

    /// <summary>Every mechanism there is.</summary>
    public static IReadOnlyList<string> Names { get; } = [Plain, ScramMechanism.Sha256.Name, ScramMechanism.Sha512.Name];

    public static string? Check(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries).All(Names.Contains) ? null : $"one or several of {string.Join(", ", Names)}, with commas between";

    /// <summary>What stands before the settings of one mechanism.</summary>
    public static string Prefix(string name) => $"{name.ToLowerInvariant()}.";

    /// <param name="listener">For messages.</param>
    /// <param name="options">The listener's own.</param>
    /// <exception cref="InvalidSettingException">None is enabled, or what one needs is missing.</exception>
    public static IReadOnlyList<SaslMechanism> Enabled(string listener, BrokerOptions options)
    {
        if (options.SaslEnabledMechanisms is not { Length: > 0 } names)
        {
            throw new InvalidSettingException(
                "sasl.enabled.mechanisms", $"Listener {listener} speaks SASL: set sasl.enabled.mechanisms to one or several of {string.Join(", ", Names)}.");
        }

        return [.. names.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(name => For(name, listener, options.Under(Prefix(name))))];
    }

    private static SaslMechanism For(string name, string listener, BrokerOptions options)
    {
        var jaas = options.SaslJaasConfig is { } text ? JaasConfig.TryParse(text) : null;
        var module = name == Plain ? PlainModule : ScramModule;
        var setting = $"listener.name.{listener.ToLowerInvariant()}.{Prefix(name)}sasl.jaas.config";
        if (jaas is not null && jaas.Module != module)
            throw new InvalidSettingException(setting, $"{setting} is of {jaas.Module}; for {name} it must be of {module}.");

        if (ScramMechanism.ByName(name) is { } scram)
            return new SaslMechanism(name, options.ConnectionsMaxReauthMs, credentials => new ScramServer(scram, credentials));
        if (jaas is null)
            throw new InvalidSettingException(setting, $"Listener {listener} offers PLAIN and needs its users: set {setting} to {module} required user_alice=\"secret\";");

        var users = new PlainUsers(jaas.Options
            .Where(o => o.Key.StartsWith(UserOption, StringComparison.Ordinal))
            .Select(o => KeyValuePair.Create(o.Key[UserOption.Length..], o.Value)));
        return new SaslMechanism(name, options.ConnectionsMaxReauthMs, _ => new PlainServer(users));
    }
}
