namespace Broker.Tests;

public sealed class BrokerOptionsTests
{
    [Fact]
    public void settings_are_read_by_kafkas_names()
    {
        var options = BrokerOptions.FromSettings(new Dictionary<string, string>
        {
            ["listeners"] = "PLAINTEXT://:9092",
            ["num.partitions"] = " 6 ",
            ["auto.create.topics.enable"] = "false",
            ["log.retention.bytes"] = "-1",
            ["broker.id"] = "4",
        });

        Assert.Equal(("PLAINTEXT://:9092", 6, false, -1L, 4),
            (options.Listeners, options.NumPartitions, options.AutoCreateTopicsEnable, options.LogRetentionBytes, options.NodeId));
    }

    [Theory]
    [InlineData("num.partition", "num.partitions")]
    [InlineData("log.dris", "log.dirs")]
    [InlineData("advertised.listener", "advertised.listeners")]
    [InlineData("listener", "listeners")]
    public void an_unknown_name_is_refused_with_the_nearest_one(string name, string nearest)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => BrokerOptions.FromSettings([new(name, "1")]));

        Assert.Equal(name, refused.Setting);
        Assert.Contains($"\"{nearest}\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num.partitions", "zero", "from 1 to 10000")]
    [InlineData("num.partitions", "0", "from 1 to 10000")]
    [InlineData("auto.create.topics.enable", "yes", "true or false")]
    [InlineData("listeners", "localhost:9092", "NAME://host:port")]
    [InlineData("listeners", "A://x:1,A://y:2", "each name once")]
    [InlineData("listeners", "A://x:70000", "NAME://host:port")]
    [InlineData("log.dirs", "a,b", "one directory")]
    [InlineData("log.cleanup.policy", "shred", "delete, compact")]
    public void a_bad_value_is_refused_with_name_value_and_what_is_allowed(string name, string value, string allowed)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => BrokerOptions.FromSettings([new(name, value)]));

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{value}\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, refused.Message, StringComparison.Ordinal);
    }
}
