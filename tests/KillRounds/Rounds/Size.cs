using System.Globalization;

namespace KillRounds.Rounds;

/// <summary>How many rounds, from which seed.</summary>
/// <param name="Rounds">KILL_ROUNDS, or 50 with LONG_TESTS=1, or 5.</param>
/// <param name="Seed">KILL_SEED, which repeats a run's choices.</param>
internal sealed record Size(int Rounds, int Seed)
{
    public static Size FromEnvironment() => new(
        Number("KILL_ROUNDS") ?? (Environment.GetEnvironmentVariable("LONG_TESTS") == "1" ? 50 : 5),
        Number("KILL_SEED") ?? Random.Shared.Next());

    /// <summary>What to type to have it again, as far as the machine lets it.</summary>
    public string Command => $"KILL_SEED={Seed} KILL_ROUNDS={Rounds} dotnet run --project tests/KillRounds";

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
