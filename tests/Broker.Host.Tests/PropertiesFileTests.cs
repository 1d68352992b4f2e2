using Broker.Host.Configuration;

namespace Broker.Host.Tests;

public sealed class PropertiesFileTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a: b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("  a \t = \t b  ", "a", "b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a=b=c:d e", "a", "b=c:d e")]
    [InlineData("a\\=x=b", "a=x", "b")]
    [InlineData("a=\\u0041\\t\\\\x\\q", "a", "A\t\\xq")]
    [InlineData("a=one,\\\n   two", "a", "one,two")]
    [InlineData("a=one\\\n   # two", "a", "one# two")]
    [InlineData("a=end\\\\\n", "a", "end\\")]
    [InlineData("a=b\\", "a", "b")]
    [InlineData("a=\\u12", "a", "u12")]
    [InlineData("a\\", "a", "")]
    public void a_line_is_a_name_and_a_value(string text, string name, string value)
    {
        var setting = Assert.Single(PropertiesFile.Parse(text, "f"));

        Assert.Equal((name, value), (setting.Name, setting.Value));
    }

    [Fact]
    public void comments_and_blank_lines_are_passed_over_and_lines_counted_as_an_editor_counts_them()
    {
        var settings = PropertiesFile.Parse("# one=1\r\n\r\n  ! two=2\r\nthree=3,\\\r\n  4\r\nfive=5", "server.properties");

        Assert.Equal(
            ["three=3,4 in server.properties line 4", "five=5 in server.properties line 6"],
            settings.Select(s => $"{s.Name}={s.Value} {s.Source}"));
    }

    [Fact]
    public void a_file_that_cannot_be_read_is_refused_with_its_name()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());

        Assert.Contains(path, Assert.Throws<RefusedConfigurationException>(() => PropertiesFile.Read(path)).Message, StringComparison.Ordinal);
    }
}
