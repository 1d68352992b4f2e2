using System.Net;
using Aspire.Hosting.Testing;

namespace LocalHosting.Tests;

public sealed class ServiceDefaultsTests
{
    [Theory]
    [InlineData("Development", "false", HttpStatusCode.OK)]
    [InlineData("Production", "false", HttpStatusCode.NotFound)]
    [InlineData("Production", "true", HttpStatusCode.OK)]
    public async Task health_pages_are_there_in_development_and_where_asked_for(string environment, string enabled, HttpStatusCode expected)
    {
        await using var application = new TestApplication();
        application.AddChild("child")
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
            .WithEnvironment("HealthEndpoints__Enabled", enabled);
        await application.StartAsync();
        await application.BecomesHealthyAsync("child");
        using var client = application.App.CreateHttpClient("child");

        foreach (var page in new[] { "/health", "/alive" })
        {
            using var answer = await client.GetAsync(page, TestApplication.Deadline);
            Assert.Equal(expected, answer.StatusCode);
        }
    }
}
