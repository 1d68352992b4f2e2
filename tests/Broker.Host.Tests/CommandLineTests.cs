using Broker.Host.Configuration;

namespace Broker.Host.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void settings_are_given_as_two_words_or_one()
    {
        var parsed = CommandLine.Parse(["--log.dirs", "data", "--listeners=PLAINTEXT://:9092", "--log.retention.ms", "-1", "--override", "node.id=7"]);

        Assert.Equal(
            ["log.dirs:data", "listeners:PLAINTEXT://:9092", "log.retention.ms:-1", "node.id:7"],
            parsed.Settings.Select(s => $"{s.Name}:{s.Value}"));
        Assert.Null(parsed.ConfigFile);
        Assert.False(parsed.Help);
    }

    [Theory]
    [InlineData("server.properties")]
    [InlineData("--config", "server.properties")]
    [InlineData("--config=server.properties")]
    [InlineData("--node.id", "1", "server.properties")]
    public void the_file_is_the_one_free_word_or_named(params string[] args) =>
        Assert.Equal("server.properties", CommandLine.Parse(args).ConfigFile);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void help_is_asked_for(string arg) => Assert.True(CommandLine.Parse([arg]).Help);

    [Theory]
    [InlineData("--log.dirs needs a value.", "--log.dirs")]
    [InlineData("--log.dirs needs a value.", "--log.dirs", "--node.id", "1")]
    [InlineData("--override node.id needs name=value.", "--override", "node.id")]
    [InlineData("\"-x\" is not understood: settings are given as --name value. See --help.", "-x")]
    [InlineData("There can be one properties file, not \"a\" and \"b\" both.", "a", "b")]
    [InlineData("There can be one properties file, not \"a\" and \"b\" both.", "--config=a", "b")]
    public void what_is_not_understood_is_refused(string message, params string[] args) =>
        Assert.Equal(message, Assert.Throws<RefusedConfigurationException>(() => CommandLine.Parse(args)).Message);
}
