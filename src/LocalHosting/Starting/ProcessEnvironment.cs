using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Starting;

/// <summary>The environment and the arguments that a resource's process is started with.</summary>
internal static class ProcessEnvironment
{
    /// <summary>These say how the app host itself runs, and would make a resource run the same way by accident.</summary>
    private static readonly HashSet<string> NotInherited = new(StringComparer.OrdinalIgnoreCase)
    {
        "ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT",
    };

    public static async Task<Dictionary<string, string>> VariablesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(resource, cancellationToken);
        foreach (var declaration in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            declaration.Callback(context);
        }

        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry inherited in Environment.GetEnvironmentVariables())
        {
            if (!NotInherited.Contains((string)inherited.Key))
            {
                variables[(string)inherited.Key] = (string?)inherited.Value ?? "";
            }
        }

        foreach (var (name, value) in context.EnvironmentVariables)
        {
            variables[name] = await TextAsync(value, cancellationToken);
        }

        return variables;
    }

    public static async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var arguments = new List<string>();
        foreach (var argument in resource.Annotations.OfType<ArgumentsAnnotation>().SelectMany(declaration => declaration.Arguments))
        {
            arguments.Add(await TextAsync(argument, cancellationToken));
        }

        return arguments;
    }

    private static async ValueTask<string> TextAsync(object value, CancellationToken cancellationToken) =>
        (value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : Convert.ToString(value, CultureInfo.InvariantCulture)) ?? "";
}
