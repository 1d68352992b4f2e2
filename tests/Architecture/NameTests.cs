namespace Architecture;

public sealed class NameTests
{
    [Fact]
    public void every_file_is_named_for_what_it_is() =>
        Assert.DoesNotContain(Repository.Files("*.cs"), Names.SaysNothing);

    [Theory]
    [InlineData("src/Broker/TopicManager.cs", true)]
    [InlineData("src/Broker/StringUtils.cs", true)]
    [InlineData("src/Broker/HandlerBase.cs", true)]
    [InlineData("src/Broker/TopicCatalog.cs", false)]
    public void a_planted_name_is_found(string path, bool saysNothing) =>
        Assert.Equal(saysNothing, Names.SaysNothing(path));

    [Fact]
    public void every_file_holds_one_idea() =>
        Assert.DoesNotContain(Repository.Files("*.cs"), path => Names.IsTooLong(Repository.Read(path)));

    [Fact]
    public void a_planted_long_file_is_found() =>
        Assert.True(Names.IsTooLong(new string('\n', Names.MostLines + 1)));
}
