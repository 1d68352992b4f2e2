namespace Aspire.Hosting;

/// <summary>Where the built program of a project is, so that it can be started directly. Has no counterpart in Aspire, which runs <c>dotnet run</c>.</summary>
public interface IBuiltProject : IProjectMetadata
{
    /// <summary>Full path of the program's assembly.</summary>
    string ProgramPath { get; }
}
