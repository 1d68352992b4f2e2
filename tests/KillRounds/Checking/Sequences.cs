namespace KillRounds.Checking;

internal static class Sequences
{
    /// <summary>Each element with the one behind it.</summary>
    public static IEnumerable<(T First, T Second)> Pairs<T>(this IEnumerable<T> source)
    {
        using var items = source.GetEnumerator();
        if (!items.MoveNext())
            yield break;
        for (var first = items.Current; items.MoveNext(); first = items.Current)
            yield return (first, items.Current);
    }
}
