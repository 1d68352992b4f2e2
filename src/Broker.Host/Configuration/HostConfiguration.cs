using System.Collections;

namespace Broker.Host.Configuration;

/// <summary>
/// All settings in one: those of the properties file, over them those of the environment, over both the command line.
/// </summary>
/// <param name="Broker">Of the broker.</param>
/// <param name="Http">Where its HTTP port is; null for none.</param>
/// <param name="Foreign">
/// Those left out. A file or an environment may be written for others too; on the command line somebody means this broker.
/// </param>
internal sealed record HostConfiguration(BrokerOptions Broker, HttpAddress? Http, IReadOnlyList<Setting> Foreign)
{
    /// <exception cref="RefusedConfigurationException">An unknown name, a value that is not allowed, or a file that cannot be read.</exception>
    public static HostConfiguration Read(CommandLine commandLine, IDictionary environment)
    {
        var settings = new List<Setting>();
        if (commandLine.ConfigFile is not null)
            settings.AddRange(PropertiesFile.Read(commandLine.ConfigFile));
        settings.AddRange(EnvironmentSettings.Read(environment));
        var foreign = settings.Where(s => !IsKnown(s, mayBeForeign: true)).ToList();
        settings = [.. settings.Except(foreign), .. commandLine.Settings.Where(s => IsKnown(s, mayBeForeign: false))];

        var options = BrokerOptions.FromSettings(settings.Select(s => KeyValuePair.Create(s.Name, s.Value)));
        return new HostConfiguration(options, HttpAddress.Parse(options.HttpListen ?? HttpAddress.Default), foreign);
    }

    /// <summary>By itself, so that a refusal can say where the setting comes from.</summary>
    private static bool IsKnown(Setting setting, bool mayBeForeign)
    {
        try
        {
            var options = BrokerOptions.FromSettings([KeyValuePair.Create(setting.Name, setting.Value)]);
            if (options.HttpListen is not null)
                HttpAddress.Parse(options.HttpListen);
            return true;
        }
        catch (InvalidSettingException e) when (mayBeForeign && e.IsForeign)
        {
            return false;
        }
        catch (InvalidSettingException e)
        {
            throw new RefusedConfigurationException($"{e.Message} It was given {setting.Source}.", e);
        }
    }
}
