using System.Reflection;

namespace LocalHosting.Tests;

/// <summary>What the targets file does; this project is built with it.</summary>
public sealed class BuildTests
{
    [Fact]
    public void a_referenced_project_has_a_class_that_knows_project_and_program()
    {
        var child = new Projects.LocalHosting_Child();

        Assert.Equal("LocalHosting.Child.csproj", Path.GetFileName(child.ProjectPath));
        Assert.True(File.Exists(child.ProjectPath));
        Assert.True(File.Exists(child.ProgramPath));
        Assert.True(child.SuppressBuild);
    }

    [Fact]
    public void a_reference_that_is_marked_as_a_library_has_none() =>
        Assert.Equal(["LocalHosting_Child"], typeof(BuildTests).Assembly.GetTypes().Where(type => type.Namespace == "Projects").Select(type => type.Name));

    [Fact]
    public void nothing_of_a_resource_is_compiled_against() =>
        Assert.DoesNotContain(typeof(BuildTests).Assembly.GetReferencedAssemblies(), reference => reference.Name == "LocalHosting.Child");

    [Fact]
    public async Task the_app_hosts_folder_is_that_of_its_project()
    {
        await using var application = new TestApplication();

        Assert.True(File.Exists(Path.Combine(application.Builder.AppHostDirectory, "LocalHosting.Tests.csproj")));
        Assert.Equal(Assembly.GetExecutingAssembly(), application.Builder.AppHostAssembly);
    }
}
