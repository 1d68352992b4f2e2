using System.Collections;
using Broker.Host.Configuration;
using Broker.Host.Tests.Support;

namespace Broker.Host.Tests;

public sealed class KafkaServerPropertiesTests : IDisposable
{
    /// <summary>config/server.properties of Apache Kafka 4.3, without its comments.</summary>
    private const string OfTheDistribution = """
        process.roles=broker,controller
        node.id=1
        controller.quorum.bootstrap.servers=localhost:9093
        listeners=PLAINTEXT://:9092,CONTROLLER://:9093
        inter.broker.listener.name=PLAINTEXT
        advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
        controller.listener.names=CONTROLLER
        listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
        num.network.threads=3
        num.io.threads=8
        socket.send.buffer.bytes=102400
        socket.receive.buffer.bytes=102400
        socket.request.max.bytes=104857600
        log.dirs=/tmp/kraft-combined-logs
        num.partitions=1
        num.recovery.threads.per.data.dir=2
        offsets.topic.replication.factor=1
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        log.retention.hours=168
        log.segment.bytes=1073741824
        log.retention.check.interval.ms=300000
        """;

    /// <summary>What a script writes that starts one node on ports of its own choice.</summary>
    private const string OfAScript = """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:19192
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:19192
        advertised.listeners=PLAINTEXT://localhost:19092
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
        inter.broker.listener.name=PLAINTEXT
        offsets.topic.replication.factor=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        default.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.num.partitions=4
        num.partitions=3
        group.initial.rebalance.delay.ms=0
        auto.create.topics.enable=true
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;

    [Fact]
    public async Task the_distributions_own_file_starts_it() =>
        await StartAsync(Read(OfTheDistribution, "--override", "listeners=PLAINTEXT://:0,CONTROLLER://:9093"));

    [Fact]
    public async Task a_scripts_file_starts_it() => await StartAsync(Read(OfAScript));

    [Fact]
    public void what_is_known_to_nobody_here_is_left_out_and_named_with_its_place()
    {
        var read = Read("num.partitions=3\nconfluent.balancer.enable=true\nreplica.lag.time.max.ms=30000\n");

        Assert.Equal(3, read.Broker.NumPartitions);
        Assert.Equal(["confluent.balancer.enable", "replica.lag.time.max.ms"], read.Foreign.Select(s => s.Name));
        Assert.EndsWith("server.properties line 2", read.Foreign[0].Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_was_left_out_is_one_warning_without_its_value()
    {
        var file = Path.Combine(_directory, "server.properties");
        await File.WriteAllTextAsync(file, "confluent.license=secret\nremote.log.reader.threads=3\n");

        await using (var host = await HostProcess.StartReadyAsync(Path.Combine(_directory, "data"), "--config", file))
        {
            host.Terminate();
            await host.EndAsync();

            var line = Assert.Single(host.Errors.Split('\n'), l => l.Contains("not known", StringComparison.Ordinal));
            Assert.Contains($"confluent.license in {file} line 1, remote.log.reader.threads in {file} line 2", line, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", host.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("log.flush.interval.mesages=1")]
    [InlineData("principal.builder.class=org.example.Other")]
    [InlineData("create.topic.policy.class.name=org.example.Other")]
    [InlineData("ssl.cipher.suites=TLS_AES_256_GCM_SHA384")]
    [InlineData("sasl.oauthbearer.expected.audience=us")]
    [InlineData("listener.name.plaintext.max.connection=1")]
    public void a_misspelled_setting_and_one_that_would_guard_the_broker_is_refused(string line)
    {
        var refused = Assert.Throws<RefusedConfigurationException>(() => Read(line));

        Assert.Contains(line.Split('=')[0], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void the_command_line_means_this_broker_and_nothing_else() =>
        Assert.Contains("confluent.license", Assert.Throws<RefusedConfigurationException>(() => Read("", "--confluent.license", "x")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task the_variables_of_the_usual_compose_files_start_it() => await StartAsync(HostConfiguration.Read(
        CommandLine.Parse(["--log.dirs", Path.Combine(_directory, "data")]),
        new Hashtable
        {
            ["KAFKA_NODE_ID"] = "1",
            ["KAFKA_PROCESS_ROLES"] = "controller,broker",
            ["KAFKA_LISTENERS"] = "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0",
            ["KAFKA_ADVERTISED_LISTENERS"] = "PLAINTEXT://localhost:0",
            ["KAFKA_CONTROLLER_LISTENER_NAMES"] = "CONTROLLER",
            ["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            ["KAFKA_CONTROLLER_QUORUM_VOTERS"] = "1@localhost:9093",
            ["KAFKA_INTER_BROKER_LISTENER_NAME"] = "PLAINTEXT",
            ["KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"] = "1",
            ["KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS"] = "1",
            ["KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR"] = "1",
            ["KAFKA_TRANSACTION_STATE_LOG_MIN_ISR"] = "1",
            ["KAFKA_DEFAULT_REPLICATION_FACTOR"] = "1",
            ["KAFKA_MIN_INSYNC_REPLICAS"] = "1",
            ["KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS"] = "0",
            ["KAFKA_LOG_FLUSH_INTERVAL_MESSAGES"] = "9223372036854775807",
            ["KAFKA_NUM_PARTITIONS"] = "3",
            ["KAFKA_LOG4J_ROOT_LOGLEVEL"] = "INFO",
            ["KAFKA_JMX_PORT"] = "9101",
            ["CLUSTER_ID"] = "5L6g3nShT-eMCtK--X86sw",
        }));

    private HostConfiguration Read(string properties, params string[] args)
    {
        var file = Path.Combine(_directory, "server.properties");
        File.WriteAllText(file, properties);
        return HostConfiguration.Read(CommandLine.Parse([file, "--override", $"log.dirs={Path.Combine(_directory, "data")}", .. args]), new Hashtable());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task StartAsync(HostConfiguration configuration)
    {
        Assert.Empty(configuration.Foreign);
        var log = new RecordedLog();
        await using var broker = await BrokerServer.StartAsync(configuration.Broker, loggerFactory: log);

        await broker.Records.ProduceAsync("t", [new(null, [1])]);

        Assert.StartsWith("localhost:", broker.BootstrapServers, StringComparison.Ordinal);
        Assert.DoesNotContain(',', broker.BootstrapServers);
        Assert.Contains("process.roles", Assert.Single(log.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
