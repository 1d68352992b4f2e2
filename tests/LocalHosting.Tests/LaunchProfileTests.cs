namespace LocalHosting.Tests;

public sealed class LaunchProfileTests
{
    [Fact]
    public async Task the_first_profile_of_kind_project_is_the_default()
    {
        await using var application = new TestApplication();
        application.AddChild("child");

        var variables = await application.VariablesAsync("child");

        Assert.Equal("http", variables["FROM_PROFILE"]);
        Assert.Equal("http", variables["DOTNET_LAUNCH_PROFILE"]);
        Assert.Equal("Development", variables["ASPNETCORE_ENVIRONMENT"]);
    }

    [Fact]
    public async Task a_named_profile_is_used_and_its_addresses_are_numbered()
    {
        await using var application = new TestApplication();
        var child = application.Builder.AddProject<Projects.LocalHosting_Child>("child", "two");

        var variables = await application.VariablesAsync("child");

        Assert.Equal("two", variables["FROM_PROFILE"]);
        Assert.Equal($"{child.GetEndpoint("http").Url};{child.GetEndpoint("http2").Url}", variables["ASPNETCORE_URLS"]);
    }

    [Fact]
    public async Task a_name_that_the_project_has_not_is_refused()
    {
        await using var application = new TestApplication();

        var error = Assert.Throws<DistributedApplicationException>(
            () => application.Builder.AddProject<Projects.LocalHosting_Child>("child", "three"));

        Assert.Contains("'three'", error.Message);
    }

    [Fact]
    public async Task the_app_hosts_own_profile_name_is_preferred_where_the_project_has_it()
    {
        await using var application = new TestApplication(args: ["--AppHost:DefaultLaunchProfileName", "two"]);
        application.AddChild("child");

        Assert.Equal("two", (await application.VariablesAsync("child"))["FROM_PROFILE"]);
    }

    [Fact]
    public async Task the_app_hosts_own_profile_name_is_ignored_where_the_project_has_it_not()
    {
        await using var application = new TestApplication(args: ["--AppHost:DefaultLaunchProfileName", "three"]);
        application.AddChild("child");

        Assert.Equal("http", (await application.VariablesAsync("child"))["FROM_PROFILE"]);
    }

    [Fact]
    public async Task without_a_profile_there_is_no_endpoint_and_no_environment_name()
    {
        await using var application = new TestApplication();
        var child = application.Builder.AddProject<Projects.LocalHosting_Child>("child", launchProfileName: null);

        var variables = await application.VariablesAsync("child");

        Assert.False(child.GetEndpoint("http").Exists);
        Assert.DoesNotContain("ASPNETCORE_URLS", variables.Keys);
        Assert.DoesNotContain("ASPNETCORE_ENVIRONMENT", variables.Keys);
        Assert.DoesNotContain("DOTNET_LAUNCH_PROFILE", variables.Keys);
    }
}
