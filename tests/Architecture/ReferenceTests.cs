namespace Architecture;

public sealed class ReferenceTests
{
    [Fact]
    public void product_projects_know_only_what_the_picture_allows()
    {
        var projects = Repository.Files("*.csproj")
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("ServiceDefaults/", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(projects);
        Assert.Empty(projects.SelectMany(path => References.Violations(Path.GetFileNameWithoutExtension(path), Repository.Read(path))));
    }

    [Fact]
    public void a_planted_reference_is_found()
    {
        const string Planted = """
            <Project><ItemGroup><ProjectReference Include="..\Broker.Storage\Broker.Storage.csproj" /></ItemGroup></Project>
            """;

        Assert.Equal(["Broker.Protocol must not know Broker.Storage"], References.Violations("Broker.Protocol", Planted));
    }

    [Fact]
    public void a_project_outside_the_picture_is_found() =>
        Assert.Single(References.Violations("Broker.Extras", "<Project />"));

    [Theory]
    [InlineData("OrderService")]
    [InlineData("InventoryService")]
    [InlineData("NotificationService")]
    public void a_service_meets_the_transport_in_one_file(string service)
    {
        var files = Repository.Files("*.cs")
            .Where(path => path.StartsWith($"src/{service}/", StringComparison.Ordinal))
            .Where(path => Repository.Read(path).Contains("UsingLog(", StringComparison.Ordinal));

        Assert.EndsWith("Messaging.cs", Assert.Single(files));
    }

    [Fact]
    public void mass_transit_stays_on_the_free_line() =>
        Assert.Contains("""Include="MassTransit" Version="[8.5.12,9.0.0)" """.TrimEnd(), Repository.Read("Directory.Packages.props"));
}
