using System.Collections;

namespace Broker.Host.Configuration;

/// <summary>
/// All settings in one: those of the properties file, over them those of the environment, over both the command line.
/// </summary>
internal sealed record HostConfiguration(BrokerOptions Broker, HttpAddress? Http)
{
    /// <exception cref="RefusedConfigurationException">An unknown name, a value that is not allowed, or a file that cannot be read.</exception>
    public static HostConfiguration Read(CommandLine commandLine, IDictionary environment)
    {
        var settings = new List<Setting>();
        if (commandLine.ConfigFile is not null)
            settings.AddRange(PropertiesFile.Read(commandLine.ConfigFile));
        settings.AddRange(EnvironmentSettings.Read(environment));
        settings.AddRange(commandLine.Settings);

        foreach (var setting in settings)
            Check(setting);

        var options = BrokerOptions.FromSettings(settings.Select(s => KeyValuePair.Create(s.Name, s.Value)));
        return new HostConfiguration(options, HttpAddress.Parse(options.HttpListen ?? HttpAddress.Default));
    }

    /// <summary>By itself, so that a refusal can say where the setting comes from.</summary>
    private static void Check(Setting setting)
    {
        try
        {
            var options = BrokerOptions.FromSettings([KeyValuePair.Create(setting.Name, setting.Value)]);
            if (options.HttpListen is not null)
                HttpAddress.Parse(options.HttpListen);
        }
        catch (InvalidSettingException e)
        {
            throw new RefusedConfigurationException($"{e.Message} It was given {setting.Source}.", e);
        }
    }
}
