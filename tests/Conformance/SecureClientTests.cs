using Conformance.Support;

namespace Conformance;

/// <summary>Clients of other people that produce and consume by SASL.</summary>
public class SecureClientTests(SecureBroker broker) : IClassFixture<SecureBroker>
{
    [Theory]
    [InlineData("plain", SecureBroker.PlainUser)]
    [InlineData("scram-sha-256", SecureBroker.User)]
    [InlineData("scram-sha-512", SecureBroker.User)]
    public async Task kafkajs(string mechanism, string user)
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaJsAsync("groups", broker.AddressOf("SASL_PLAINTEXT"), TestBroker.NewName("topic"), Options(mechanism, user));

        Assert.Equal((6, 1), (saw.GetProperty("first").GetArrayLength(), saw.GetProperty("second").GetArrayLength()));
    }

    [Theory]
    [InlineData("PLAIN", SecureBroker.PlainUser)]
    [InlineData("SCRAM-SHA-256", SecureBroker.User)]
    [InlineData("SCRAM-SHA-512", SecureBroker.User)]
    public async Task kafka_python(string mechanism, string user)
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaPythonAsync("groups", broker.AddressOf("SASL_PLAINTEXT"), TestBroker.NewName("topic"), Options(mechanism, user));

        Assert.Equal((6, 1), (saw.GetProperty("first").GetArrayLength(), saw.GetProperty("second").GetArrayLength()));
    }

    [Theory]
    [InlineData("SASL_PLAINTEXT")]
    [InlineData("SASL_SSL")]
    public async Task kcat(string listener)
    {
        var topic = TestBroker.NewName("topic");
        string[] access =
        [
            "-b", broker.AddressOf(listener), "-t", topic, "-X", $"security.protocol={listener}", "-X", $"ssl.ca.location={broker.CaPath}",
            "-X", "sasl.mechanisms=PLAIN", "-X", $"sasl.username={SecureBroker.PlainUser}", "-X", $"sasl.password={SecureBroker.Password}",
        ];
        using (var admin = broker.Admin())
            await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = 1 }]);

        await Tool.KcatAsync("one\ntwo\n", ["-P", .. access]);

        Assert.Equal("one\ntwo\n", await Tool.KcatAsync(null, ["-C", "-o", "beginning", "-e", "-q", .. access]));
    }

    [Fact]
    public async Task connect()
    {
        Tool.OnlyWhenLong();
        using var folder = new ConnectFolder();
        var topic = TestBroker.NewName("topic");
        using (var admin = broker.Admin())
            await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = 1 }]);
        await File.WriteAllTextAsync(folder.File("in.txt"), "one\ntwo\n");
        var settings = new[] { "", "producer.", "consumer.", "admin." }.SelectMany(prefix => (string[])
        [
            $"{prefix}security.protocol=SASL_PLAINTEXT",
            $"{prefix}sasl.mechanism=SCRAM-SHA-512",
            $"""{prefix}sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="{SecureBroker.User}" password="a secret, with = and \\"quotes\\"";""",
        ]);

        await using var worker = await ConnectWorker.StartAsync(broker.AddressOf("SASL_PLAINTEXT"), folder.Path, [.. settings]);
        await worker.RunAsync("source", ConnectFolder.FileSource(folder.File("in.txt"), topic));
        await worker.RunAsync("sink", ConnectFolder.FileSink(folder.File("out.txt"), topic));

        await Polling.HoldsAsync(
            async () => await worker.RunsAsync("sink") && await ConnectFolder.HasLinesAsync(folder.File("out.txt"), "one", "two"), "two lines arrive");
    }

    private static object Options(string mechanism, string user) => new { sasl = new { mechanism, username = user, password = SecureBroker.Password } };
}
