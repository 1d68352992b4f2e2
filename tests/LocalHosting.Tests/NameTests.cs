namespace LocalHosting.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("order-service")]
    [InlineData("Broker2")]
    public async Task letters_digits_and_single_hyphens_are_allowed(string name)
    {
        await using var application = new TestApplication();

        Assert.Equal(name, application.AddChild(name).Resource.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a--b")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("ä")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public async Task other_names_of_resources_are_refused(string name)
    {
        await using var application = new TestApplication();

        Assert.Throws<ArgumentException>(() => application.AddChild(name));
    }

    [Fact]
    public async Task endpoints_follow_the_same_rule()
    {
        await using var application = new TestApplication();

        Assert.Throws<ArgumentException>(() => application.AddChild("child").WithEndpoint(name: "no_name"));
    }

    [Fact]
    public async Task names_that_differ_in_letter_case_only_are_the_same()
    {
        await using var application = new TestApplication();
        application.AddChild("child");

        var error = Assert.Throws<DistributedApplicationException>(() => application.AddChild("CHILD"));

        Assert.Contains("'child'", error.Message);
    }
}
