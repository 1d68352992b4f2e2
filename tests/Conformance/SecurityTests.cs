using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Support;

namespace Conformance;

/// <summary>TLS and SASL as people's clients and tools use them.</summary>
public class SecurityTests(SecureBroker broker) : IClassFixture<SecureBroker>
{
    [Fact]
    public async Task a_client_with_a_certificate_produces_and_consumes_through_tls() =>
        await RoundTripAsync("SSL", c => (c.SslCertificateLocation, c.SslKeyLocation) = (broker.ClientPath, broker.ClientPath));

    [Theory]
    [InlineData("SASL_PLAINTEXT", SaslMechanism.Plain)]
    [InlineData("SASL_PLAINTEXT", SaslMechanism.ScramSha256)]
    [InlineData("SASL_PLAINTEXT", SaslMechanism.ScramSha512)]
    [InlineData("SASL_SSL", SaslMechanism.Plain)]
    [InlineData("SASL_SSL", SaslMechanism.ScramSha256)]
    [InlineData("SASL_SSL", SaslMechanism.ScramSha512)]
    public async Task a_client_with_the_right_password_produces_and_consumes(string listener, SaslMechanism mechanism) =>
        await RoundTripAsync(listener, c => SetUser(c, mechanism, SecureBroker.Password));

    [Theory]
    [InlineData("SASL_PLAINTEXT", SaslMechanism.Plain)]
    [InlineData("SASL_PLAINTEXT", SaslMechanism.ScramSha256)]
    [InlineData("SASL_SSL", SaslMechanism.ScramSha512)]
    public async Task a_wrong_password_is_an_authentication_error(string listener, SaslMechanism mechanism) =>
        await FailAsync(listener, c => SetUser(c, mechanism, "wrong"), ErrorCode.Local_Authentication);

    [Fact]
    public async Task without_a_certificate_there_is_no_way_in_where_one_is_required() =>
        await FailAsync("SSL", _ => { }, ErrorCode.Local_Ssl, ErrorCode.Local_AllBrokersDown);

    [Fact]
    public async Task users_are_added_described_and_removed()
    {
        var user = TestBroker.NewName("user");
        using var admin = broker.Admin();

        await admin.AlterUserScramCredentialsAsync([SecureBroker.Upsertion(user, ScramMechanism.ScramSha256, "secret", 8192)]);
        await admin.AlterUserScramCredentialsAsync([SecureBroker.Upsertion(user, ScramMechanism.ScramSha512, "secret")]);
        IReadOnlyList<(ScramMechanism, int)> both = [(ScramMechanism.ScramSha256, 8192), (ScramMechanism.ScramSha512, 4096)];
        await Polling.HoldsAsync(async () => both.SequenceEqual(await CredentialsAsync()), "both credentials are told", atOnce: broker.IsOurs);
        await admin.AlterUserScramCredentialsAsync([new UserScramCredentialDeletion { User = user, Mechanism = ScramMechanism.ScramSha256 }]);
        await admin.AlterUserScramCredentialsAsync([new UserScramCredentialDeletion { User = user, Mechanism = ScramMechanism.ScramSha512 }]);
        await Polling.HoldsAsync(async () => await CredentialsAsync() is [], "the user is gone", atOnce: broker.IsOurs);

        async Task<IReadOnlyList<(ScramMechanism, int)>> CredentialsAsync()
        {
            try
            {
                var described = await admin.DescribeUserScramCredentialsAsync([user]);
                return [.. described.UserScramCredentialsDescriptions.Single().ScramCredentialInfos.Select(i => (i.Mechanism, i.Iterations)).Order()];
            }
            catch (DescribeUserScramCredentialsException e)
            {
                Assert.Equal(ErrorCode.ResourceNotFound, e.Results.UserScramCredentialsDescriptions.Single().Error.Code);
                return [];
            }
        }
    }

    [Fact]
    public async Task kcat_comes_in_with_a_certificate_and_with_a_password()
    {
        await Tool.KcatAsync(
            null, "-b", broker.AddressOf("SSL"), "-L", "-X", "security.protocol=SSL", "-X", $"ssl.ca.location={broker.CaPath}",
            "-X", $"ssl.certificate.location={broker.ClientPath}", "-X", $"ssl.key.location={broker.ClientPath}");
        await Tool.KcatAsync(
            null, "-b", broker.AddressOf("SASL_SSL"), "-L", "-X", "security.protocol=SASL_SSL", "-X", $"ssl.ca.location={broker.CaPath}",
            "-X", "sasl.mechanisms=PLAIN", "-X", $"sasl.username={SecureBroker.PlainUser}", "-X", $"sasl.password={SecureBroker.Password}");
    }

    [Theory]
    [InlineData("SASL_PLAINTEXT", "SCRAM-SHA-256")]
    [InlineData("SASL_SSL", "SCRAM-SHA-512")]
    public async Task the_java_tools_come_in_with_scram(string listener, string mechanism)
    {
        Tool.OnlyWhenLong();
        var user = TestBroker.NewName("user");
        var config = await ClientPropertiesAsync($"""
            security.protocol={listener}
            sasl.mechanism={mechanism}
            sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="{SecureBroker.User}" password="a secret, with = and \\"quotes\\"";
            ssl.truststore.type=PEM
            ssl.truststore.location={broker.CaPath}
            """);

        var altered = await Tool.KafkaAsync(
            null, "kafka-configs.sh", "--bootstrap-server", broker.AddressOf(listener), "--command-config", config, "--alter", "--entity-type", "users",
            "--entity-name", user, "--add-config", $"{mechanism}=[iterations=8192,password=secret]");
        var listed = await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.AddressOf(listener), "--command-config", config, "--list");
        File.Delete(config);

        Assert.Contains($"Completed updating config for user {user}.", altered);
        Assert.DoesNotContain("Error", listed);
        using var admin = broker.Admin();
        var described = await admin.DescribeUserScramCredentialsAsync([user]);
        Assert.Equal(8192, described.UserScramCredentialsDescriptions.Single().ScramCredentialInfos.Single().Iterations);
    }

    [Fact]
    public async Task the_java_tools_come_in_with_a_certificate()
    {
        Tool.OnlyWhenLong();
        var config = await ClientPropertiesAsync($"""
            security.protocol=SSL
            ssl.truststore.type=PEM
            ssl.truststore.location={broker.CaPath}
            ssl.keystore.type=PEM
            ssl.keystore.location={broker.ClientPath}
            """);

        var topic = TestBroker.NewName("topic");
        var output = await Tool.KafkaAsync(
            null, "kafka-topics.sh", "--bootstrap-server", broker.AddressOf("SSL"), "--command-config", config, "--create", "--topic", topic);
        File.Delete(config);

        Assert.Contains($"Created topic {topic}.", output);
    }

    private async Task RoundTripAsync(string listener, Action<ClientConfig> configure)
    {
        var topic = TestBroker.NewName("topic");
        using (var admin = broker.Admin())
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }]);
        var producerConfig = new ProducerConfig();
        Secure(producerConfig, listener, configure);
        using (var producer = new ProducerBuilder<Null, string>(producerConfig).Build())
            await producer.ProduceAsync(topic, new Message<Null, string> { Value = new string('x', 200_000) });

        var consumerConfig = new ConsumerConfig { GroupId = topic, AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false };
        Secure(consumerConfig, listener, configure);
        using var consumer = new ConsumerBuilder<Null, string>(consumerConfig).Build();
        consumer.Subscribe(topic);
        Assert.Equal(200_000, consumer.Consume(TimeSpan.FromSeconds(30))?.Message.Value.Length);
        consumer.Close();
    }

    /// <summary>Completes when a client that cannot get in has said so in one of these ways.</summary>
    private async Task FailAsync(string listener, Action<ClientConfig> configure, params ErrorCode[] expected)
    {
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var config = new AdminClientConfig();
        Secure(config, listener, configure);
        using var client = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, error) =>
        {
            if (expected.Contains(error.Code))
                failed.TrySetResult();
        }).Build();
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private void Secure(ClientConfig config, string listener, Action<ClientConfig> configure)
    {
        config.BootstrapServers = broker.AddressOf(listener);
        config.SecurityProtocol = listener switch
        {
            "SSL" => SecurityProtocol.Ssl,
            "SASL_SSL" => SecurityProtocol.SaslSsl,
            _ => SecurityProtocol.SaslPlaintext,
        };
        if (listener != "SASL_PLAINTEXT")
            config.SslCaLocation = broker.CaPath;
        configure(config);
    }

    private static void SetUser(ClientConfig config, SaslMechanism mechanism, string password) =>
        (config.SaslMechanism, config.SaslUsername, config.SaslPassword) =
            (mechanism, mechanism == SaslMechanism.Plain ? SecureBroker.PlainUser : SecureBroker.User, password);

    private static async Task<string> ClientPropertiesAsync(string text)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, text);
        return path;
    }
}
