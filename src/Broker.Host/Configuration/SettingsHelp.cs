namespace Broker.Host.Configuration;

/// <summary>What --help prints.</summary>
internal static class SettingsHelp
{
    public static void Write(TextWriter output)
    {
        output.WriteLine("""
            Usage: broker [server.properties] [--name value | --name=value]...

              --config FILE          settings from a file in the syntax of Java properties
              --override NAME=VALUE  as --NAME=VALUE, for those used to Kafka's start script
              --verify               checks the data directory, without a broker on it, and changes nothing
              --dump TOPIC/PARTITION prints batches and records of a partition; @FROM or @FROM-TO behind it is a range of offsets
                                     Exit code of both: 0 when nothing acknowledged is lost, 1 when something is damaged
                                     or missing, 2 when it could not be looked at
              --version              the version, and nothing else
              --help                 this

            A listener may have settings of its own: --listener.name.external.ssl.client.auth required. --add-scram may be
            given several times: --add-scram 'SCRAM-SHA-256=[name=admin,password=secret]'.

            Settings, under Kafka's own names, with their defaults. The command line wins over the environment
            (KAFKA_LOG_DIRS for log.dirs), that over the file.

            """);
        foreach (var (name, value) in BrokerOptions.Defaults)
            output.WriteLine($"  {name,-40}  {(name == "http.listen" ? HttpAddress.Default : value ?? "-")}");
    }
}
