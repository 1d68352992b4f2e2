namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rule for names of resources and endpoints.</summary>
internal static class ModelName
{
    private const int MaxLength = 64;

    public static string Validate(string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Fault(name) is { } fault)
        {
            throw new ArgumentException($"{kind} name '{name}' is invalid: {fault}.", nameof(name));
        }

        return name;
    }

    private static string? Fault(string name) => name switch
    {
        { Length: 0 or > MaxLength } => $"it must have 1 to {MaxLength} characters",
        _ when name.Any(c => c != '-' && !char.IsAsciiLetterOrDigit(c)) => "only ASCII letters, digits and hyphens are allowed",
        _ when name.Contains("--", StringComparison.Ordinal) => "hyphens must be single",
        _ when !char.IsAsciiLetter(name[0]) => "it must start with a letter",
        _ when name[^1] == '-' => "it must not end with a hyphen",
        _ => null,
    };
}
