using System.Diagnostics.CodeAnalysis;

namespace Broker.Authorization;

/// <summary>Who a client is: a type, <c>User</c> for everybody a listener authenticates, and a name. Compared letter by letter.</summary>
internal sealed record KafkaPrincipal(string Type, string Name)
{
    public const string UserType = "User";

    /// <summary>Who comes in by a listener that does not authenticate.</summary>
    public static KafkaPrincipal Anonymous { get; } = User("ANONYMOUS");

    /// <summary>The broker itself and the process it runs in. No client can have this type: listeners give out users only.</summary>
    public static KafkaPrincipal Broker { get; } = new("Broker", "local");

    public static KafkaPrincipal User(string name) => new(UserType, name);

    /// <summary>Reads <c>type:name</c>. The name may have colons of its own.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out KafkaPrincipal? principal)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        principal = colon > 0 && colon < text!.Length - 1 ? new KafkaPrincipal(text[..colon], text[(colon + 1)..]) : null;
        return principal is not null;
    }

    public override string ToString() => $"{Type}:{Name}";
}
