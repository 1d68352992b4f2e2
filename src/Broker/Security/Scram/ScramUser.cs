using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Broker.Security.Scram;

/// <summary>
/// A user in the words of kafka-storage's --add-scram: <c>SCRAM-SHA-256=[name=alice,iterations=8192,password=secret]</c>, or with
/// <c>salt="…",saltedpassword="…"</c> in base64 instead of the password.
/// </summary>
internal static partial class ScramUser
{
    private const int SaltLength = 16;
    private const string Allowed = "SCRAM-SHA-256=[name=alice,password=secret], or SCRAM-SHA-512, with iterations=4096 to 16384 if wanted, or with salt and saltedpassword in base64 instead of the password";

    public static string? Check(string text) => TryParse(text) is null ? Allowed : null;

    /// <exception cref="InvalidSettingException">The text is not of the form.</exception>
    public static (ScramKey Key, ScramCredential Credential) Parse(string text) =>
        TryParse(text) is { } draft
            ? (new ScramKey(draft.Name, draft.Mechanism.Type), draft.Derive())
            : throw new InvalidSettingException("add-scram", $"add-scram was given a value it cannot have; it takes {Allowed}.");

    private static Draft? TryParse(string text)
    {
        var form = Form().Match(text);
        if (!form.Success || ScramMechanism.ByName(form.Groups["mechanism"].Value) is not { } mechanism)
            return null;

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match field in Field().Matches(form.Groups["fields"].Value))
        {
            var value = field.Groups["value"].Value;
            if (!fields.TryAdd(field.Groups["name"].Value, value is ['"', .., '"'] ? value[1..^1] : value))
                return null;
        }

        var iterations = ScramMechanism.MinIterations;
        if (!fields.TryGetValue("name", out var name) || name.Length == 0)
            return null;
        if (fields.TryGetValue("iterations", out var number)
            && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out iterations)
                || iterations is < ScramMechanism.MinIterations or > ScramMechanism.MaxIterations))
            return null;

        byte[]? salt = null, salted = null;
        if (fields.TryGetValue("salt", out var encoded) && !TryBase64(encoded, out salt))
            return null;
        if (fields.TryGetValue("saltedpassword", out encoded) && (!TryBase64(encoded, out salted) || salted!.Length != mechanism.HashLength || salt is null))
            return null;

        var password = fields.GetValueOrDefault("password");
        return string.IsNullOrEmpty(password) == salted is null ? null : new Draft(name, mechanism, iterations, salt, salted, password);
    }

    private static bool TryBase64(string text, out byte[]? bytes)
    {
        bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length == 0)
            return false;
        Array.Resize(ref bytes, length);
        return true;
    }

    [GeneratedRegex(@"\A\s*(?<mechanism>[A-Z0-9-]+)\s*=\s*\[(?<fields>(?:\s*[a-z]+\s*=\s*(?:""[^""]*""|[^,\]]*)\s*(?:,|(?=\])))+)\]\s*\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex(@"\s*(?<name>[a-z]+)\s*=\s*(?<value>""[^""]*""|[^,]*)\s*(?:,|\z)", RegexOptions.ExplicitCapture)]
    private static partial Regex Field();

    private sealed record Draft(string Name, ScramMechanism Mechanism, int Iterations, byte[]? Salt, byte[]? Salted, string? Password)
    {
        public ScramCredential Derive()
        {
            var salt = Salt ?? RandomNumberGenerator.GetBytes(SaltLength);
            return ScramCredential.From(Mechanism, salt, Salted ?? Mechanism.Salt(Password!, salt, Iterations), Iterations);
        }
    }
}
