using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Conformance.Support;

namespace Conformance;

/// <summary>The broker as a package, used by a project that knows nothing of this repository.</summary>
public sealed partial class PackageTests : IDisposable
{
    private const int Tests = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("broker-package-").FullName;
    private readonly string _version = $"1.0.0-test.{Guid.NewGuid():N}";

    [Fact]
    public async Task a_new_project_runs_the_samples_of_the_README_on_it()
    {
        Tool.OnlyWhenLong();
        var feed = Path.Combine(_directory, "feed");
        await DotnetAsync(Tool.Repository(), "pack", "src/Broker", "-c", "Release", "-o", feed, $"-p:Version={_version}", $"-p:ArtifactsPath={_directory}/artifacts");
        Assert.Equal(
            ["Broker", "Broker.Protocol", "Broker.Records", "Broker.Storage"],
            Directory.GetFiles(feed, "*.nupkg").Select(f => Path.GetFileName(f).Replace($".{_version}.nupkg", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        var project = Path.Combine(_directory, "Samples");
        Directory.CreateDirectory(project);
        await File.WriteAllTextAsync(Path.Combine(project, "Samples.csproj"), Project(feed));
        await File.WriteAllTextAsync(Path.Combine(project, "SampleTests.cs"), Samples(await File.ReadAllTextAsync(Path.Combine(Tool.Repository(), "src", "Broker", "README.md"))));

        var output = await DotnetAsync(project, "run", "-c", "Release");

        Assert.Contains($"Total: {Tests}, Errors: 0, Failed: 0", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Packages that are there already are taken from there; those under test go to a folder of the test's.</summary>
    private string Project(string feed) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <InvariantGlobalization>true</InvariantGlobalization>
            <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
            <RestorePackagesPath>{Path.Combine(_directory, "packages")}</RestorePackagesPath>
            <RestoreFallbackFolders>$(NuGetPackageRoot);{Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")}</RestoreFallbackFolders>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Broker" Version="[{_version}]" />
            <PackageReference Include="Confluent.Kafka" Version="2.16.0" />
            <PackageReference Include="xunit.v3" Version="3.2.2" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>Each is a test of its own, on the broker and the producer that the first one makes; usings go to the top.</summary>
    private static string Samples(string readme)
    {
        var samples = Sample().Matches(readme).Select(m => m.Groups["code"].Value.Split('\n')).ToList();
        var begin = samples[0].TakeWhile(line => !line.StartsWith("await producer", StringComparison.Ordinal)).ToList();
        samples[0] = [.. samples[0].Except(begin)];
        Assert.Equal(Tests, samples.Count);

        var code = new StringBuilder("using Xunit;\n");
        foreach (var line in begin.Concat(samples.SelectMany(s => s)).Where(IsUsing).Distinct())
            code.Append(line).Append('\n');
        code.Append("public class SampleTests\n{\n");
        for (var i = 0; i < samples.Count; i++)
            code.Append("[Fact]\npublic async Task sample_").Append(i).Append("()\n{\n").AppendJoin('\n', begin.Concat(samples[i]).Where(line => !IsUsing(line))).Append("\n}\n");
        return code.Append("}\n").ToString();
    }

    private static bool IsUsing(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var ", StringComparison.Ordinal);

    private static async Task<string> DotnetAsync(string directory, params string[] arguments)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var result = await Cli.Wrap("dotnet").WithArguments(arguments).WithWorkingDirectory(directory).WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(variables => variables.Set("DOTNET_CLI_TELEMETRY_OPTOUT", "1").Set("MSBUILDDISABLENODEREUSE", "1"))
            .ExecuteBufferedAsync(deadline.Token);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {result.StandardOutput}{result.StandardError}");
        return result.StandardOutput;
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
