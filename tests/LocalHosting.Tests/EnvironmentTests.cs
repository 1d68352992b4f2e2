using Aspire.Hosting.Testing;

namespace LocalHosting.Tests;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task a_project_listens_where_its_http_endpoints_are()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child").WithEndpoint(name: "kafka");

        var variables = await application.VariablesAsync("child");

        Assert.Equal(child.GetEndpoint("http").Url, variables["ASPNETCORE_URLS"]);
    }

    [Fact]
    public async Task an_endpoint_with_a_variable_of_its_own_is_left_out_of_the_urls()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child").WithHttpEndpoint(name: "admin", env: "ADMIN_PORT");

        var variables = await application.VariablesAsync("child");

        Assert.Equal($"{child.GetEndpoint("admin").Port}", variables["ADMIN_PORT"]);
        Assert.Equal(child.GetEndpoint("http").Url, variables["ASPNETCORE_URLS"]);
    }

    [Fact]
    public async Task telemetry_is_named_by_the_resource_and_numbered_by_the_start()
    {
        await using var application = new TestApplication();
        application.AddChild("child");

        var variables = await application.VariablesAsync("child");

        Assert.Equal("child", variables["OTEL_SERVICE_NAME"]);
        Assert.Matches("^service.instance.id=[a-z]{8}$", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("in_memory", variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"]);
        Assert.Equal("simple", variables["LOGGING__CONSOLE__FORMATTERNAME"]);
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task telemetry_is_prompt_in_development_only(string environment, bool prompt)
    {
        await using var application = new TestApplication(args: ["--environment", environment]);
        application.AddChild("child");

        var variables = await application.VariablesAsync("child");

        Assert.Equal(prompt, variables.ContainsKey("OTEL_BSP_SCHEDULE_DELAY"));
        Assert.Equal(prompt, variables.ContainsKey("OTEL_TRACES_SAMPLER"));
    }

    [Fact]
    public async Task the_last_declaration_of_a_variable_wins_over_profile_and_defaults()
    {
        await using var application = new TestApplication();
        application.AddChild("child")
            .WithEnvironment("FROM_PROFILE", "first")
            .WithEnvironment(context => context.EnvironmentVariables["FROM_PROFILE"] = "second")
            .WithEnvironment("OTEL_SERVICE_NAME", "another");

        var variables = await application.VariablesAsync("child");

        Assert.Equal("second", variables["FROM_PROFILE"]);
        Assert.Equal("another", variables["OTEL_SERVICE_NAME"]);
    }

    [Fact]
    public async Task an_expression_is_filled_in_at_the_start()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child");
        child.WithEnvironment("SELF", ReferenceExpression.Create($"<{child.GetEndpoint("http")}>"));

        var variables = await application.VariablesAsync("child");

        Assert.Equal($"<{child.GetEndpoint("http").Url}>", variables["SELF"]);
    }

    [Fact]
    public async Task all_but_four_variables_of_the_app_host_are_inherited()
    {
        Environment.SetEnvironmentVariable("OF_THE_APP_HOST", "inherited");
        Environment.SetEnvironmentVariable("ASPNETCORE_ENVIRONMENT", "OfTheAppHost");
        await using var application = new TestApplication();
        application.Builder.AddProject<Projects.LocalHosting_Child>("child", launchProfileName: null);

        var variables = await application.VariablesAsync("child");

        Assert.Equal("inherited", variables["OF_THE_APP_HOST"]);
        Assert.DoesNotContain("ASPNETCORE_ENVIRONMENT", variables.Keys);
    }

    [Fact]
    public async Task a_referenced_project_is_found_under_both_names()
    {
        await using var application = new TestApplication();
        var server = application.AddChild("payment-gateway").WithEndpoint(name: "my-port");
        application.AddChild("client").WithReference(server);

        var variables = await application.VariablesAsync("client");

        Assert.Equal(server.GetEndpoint("http").Url, variables["services__payment-gateway__http__0"]);
        Assert.Equal(server.GetEndpoint("http").Url, variables["PAYMENT_GATEWAY_HTTP"]);
        Assert.Equal(server.GetEndpoint("my-port").Url, variables["services__payment-gateway__my-port__0"]);
        Assert.Equal(server.GetEndpoint("my-port").Url, variables["PAYMENT_GATEWAY_MY_PORT"]);
    }

    [Theory]
    [InlineData(null, "ConnectionStrings__bus")]
    [InlineData("kafka", "ConnectionStrings__kafka")]
    public async Task a_connection_string_is_handed_on_under_its_name_or_another(string? connectionName, string variable)
    {
        await using var application = new TestApplication();
        var bus = AddBus(application);
        application.AddChild("client").WithReference(bus, connectionName);

        var variables = await application.VariablesAsync("client");

        Assert.Equal(await application.App.GetConnectionStringAsync("bus"), variables[variable]);
        Assert.Matches(@"^localhost:\d+$", variables[variable]);
    }

    [Fact]
    public async Task the_process_gets_environment_and_arguments()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child", "plain");
        child.WithArgs("--url", child.GetEndpoint("http"), 7).WithEnvironment("GREETING", "hello");

        await application.StartAsync();
        await application.BecomesHealthyAsync("child");

        Assert.Equal(["plain", "--url", child.GetEndpoint("http").Url, "7"], await application.GetAsync<string[]>("child", "/arguments"));
        var variables = await application.GetAsync<Dictionary<string, string>>("child", "/environment");
        Assert.Equal("hello", variables["GREETING"]);
    }

    private static IResourceBuilder<ConnectionStringResource> AddBus(TestApplication application)
    {
        var broker = application.AddChild("broker").WithEndpoint(name: "kafka");
        return application.Builder.AddConnectionString(
            "bus", ReferenceExpression.Create($"{broker.GetEndpoint("kafka").Property(EndpointProperty.HostAndPort)}"));
    }
}
