using System.Collections;
using Broker.Host.Configuration;

namespace Broker.Host.Tests;

public sealed class HostConfigurationTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly Hashtable _environment = [];

    [Fact]
    public void the_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        File.WriteAllText(_file, "num.partitions=1\nlog.segment.bytes=1111\nlog.dirs=from-file\n");
        _environment["KAFKA_NUM_PARTITIONS"] = "2";
        _environment["KAFKA_LOG_SEGMENT_BYTES"] = "2222";

        var options = Read("--config", _file, "--num.partitions", "3").Broker;

        Assert.Equal((3, 2222, "from-file"), (options.NumPartitions, options.LogSegmentBytes, options.LogDirs));
    }

    [Fact]
    public void nothing_given_is_everything_by_default()
    {
        var configuration = Read();

        Assert.Equal("PLAINTEXT://127.0.0.1:9092", configuration.Broker.Listeners);
        Assert.Equal("data", configuration.Broker.LogDirs);
        Assert.Equal(new HttpAddress("127.0.0.1", 8082), configuration.Http);
    }

    [Fact]
    public void underscores_and_hyphens_of_a_name_are_doubled_and_tripled_in_a_variable()
    {
        _environment["KAFKA_LISTENER_NAME_SASL__SSL_SCRAM___SHA___256_CONNECTIONS_MAX_REAUTH_MS"] = "1000";

        Assert.Equal("1000", Read().Broker.ListenerOverrides["listener.name.sasl_ssl.scram-sha-256.connections.max.reauth.ms"]);
    }

    [Fact]
    public void several_scram_users_may_be_added_and_a_refusal_keeps_their_secrets()
    {
        var options = Read("--add-scram", "SCRAM-SHA-256=[name=a,password=one]", "--add-scram=SCRAM-SHA-512=[name=b,password=two]").Broker;

        Assert.Equal(2, options.AddScram.Count);
        Assert.DoesNotContain("hidden", Refusal("--add-scram", "SCRAM-MD5=[name=a,password=hidden]"), StringComparison.Ordinal);
    }

    [Fact]
    public void other_programs_variables_are_left_alone()
    {
        foreach (var name in new[] { "ASPNETCORE_URLS", "DOTNET_ENVIRONMENT", "KAFKA_HOME", "KAFKA_HEAP_OPTS", "KAFKA_PORT", "KAFKA_PORT_9092_TCP", "KAFKA_SERVICE_HOST", "kafka_log_dirs", "KAFKA_" })
            _environment[name] = "nonsense";
        _environment["KAFKA_LOG_DIRS"] = "";

        Assert.Equal("data", Read().Broker.LogDirs);
    }

    [Fact]
    public void an_unknown_name_is_refused_with_the_nearest_one_and_where_it_came_from()
    {
        Assert.Equal("There is no setting \"log.dirz\"; the nearest one is \"log.dirs\". It was given on the command line.", Refusal("--log.dirz", "x"));

        File.WriteAllText(_file, "\nlisteners.name=PLAINTEXT\n");
        Assert.Contains($"in {_file} line 2", Refusal(_file), StringComparison.Ordinal);

        _environment["KAFKA_NUM_PARTITION"] = "2";
        Assert.Equal(
            "There is no setting \"num.partition\"; the nearest one is \"num.partitions\". It was given in the environment variable KAFKA_NUM_PARTITION.", Refusal());
    }

    [Theory]
    [InlineData("--num.partitions", "none")]
    [InlineData("--listeners", "9092")]
    [InlineData("--http.listen", "8082")]
    [InlineData("--http.listen", "http://127.0.0.1:70000")]
    public void a_value_that_is_not_allowed_is_refused_with_its_name(string name, string value)
    {
        var message = Refusal(name, value);

        Assert.Contains(name[2..], message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:18082/", "127.0.0.1", 18082)]
    [InlineData("localhost:0", "localhost", 0)]
    [InlineData("http://[::1]:80", "::1", 80)]
    public void the_HTTP_address_may_come_with_its_scheme(string text, string host, int port) =>
        Assert.Equal(new HttpAddress(host, port), Read("--http.listen", text).Http);

    [Fact]
    public void an_empty_HTTP_address_is_none() => Assert.Null(Read("--http.listen=").Http);

    [Fact]
    public void the_help_names_every_setting_with_its_default()
    {
        var help = new StringWriter();
        SettingsHelp.Write(help);

        Assert.All(BrokerOptions.Defaults, d => Assert.Contains($"  {d.Key} ", help.ToString(), StringComparison.Ordinal));
        Assert.Matches(@"http\.listen +http://127\.0\.0\.1:8082", help.ToString());
        Assert.Matches(@"log\.dirs +data", help.ToString());
    }

    public void Dispose() => File.Delete(_file);

    private HostConfiguration Read(params string[] args) => HostConfiguration.Read(CommandLine.Parse(args), _environment);

    private string Refusal(params string[] args) => Assert.Throws<RefusedConfigurationException>(() => Read(args)).Message;
}
