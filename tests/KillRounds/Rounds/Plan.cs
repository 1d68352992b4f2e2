namespace KillRounds.Rounds;

internal enum Trouble
{
    None,

    /// <summary>SIGSTOP until clients give up their connections and send again on others, then SIGCONT: the first copies are still served.</summary>
    Freeze,

    /// <summary>SIGTERM: what the next start may trust, and the kill after it may not leave to be trusted.</summary>
    CleanStop,
}

/// <summary>One round: trouble, load, a kill, and how often the start after it is killed too.</summary>
/// <param name="KillFrozen">It is stopped when it is killed, with requests received and not read.</param>
/// <param name="KillsInRecovery">Starts that are killed before they are ready.</param>
/// <param name="KillWhenReady">The start is killed as soon as it is ready, while clients come back.</param>
internal sealed record Plan(Trouble Trouble, bool KillFrozen = false, int KillsInRecovery = 0, bool KillWhenReady = false)
{
    private static readonly Plan[] Deck =
    [
        new(Trouble.None, KillsInRecovery: 1),
        new(Trouble.Freeze),
        new(Trouble.None, KillFrozen: true, KillsInRecovery: 2),
        new(Trouble.CleanStop),
        new(Trouble.None, KillWhenReady: true),
    ];

    /// <summary>So that five rounds have seen everything, in any order.</summary>
    public static IEnumerable<Plan> Shuffled(Random random)
    {
        while (true)
        {
            var deck = Deck.ToArray();
            random.Shuffle(deck);
            foreach (var plan in deck)
                yield return plan;
        }
    }
}
