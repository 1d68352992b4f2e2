namespace Broker.Storage.Disks;

/// <summary>The names in a directory, as they are and as they were at its last fsync. The disk's lock guards it.</summary>
internal sealed class MemoryDirectory
{
    private Dictionary<string, object> _synced = [];

    /// <summary>Each a <see cref="MemoryDirectory"/> or a <see cref="MemoryContent"/>.</summary>
    public Dictionary<string, object> Entries { get; private init; } = [];

    public void Sync() => _synced = new Dictionary<string, object>(Entries);

    /// <param name="copies">Of what was copied already: a file may have one name now and another at the last fsync.</param>
    public MemoryDirectory Copy(Dictionary<object, object> copies) =>
        new() { Entries = Copied(Entries, copies), _synced = Copied(_synced, copies) };

    public MemoryDirectory CopySynced() => Copied(_synced, static d => d.CopySynced(), static f => f.CopySynced());

    /// <summary>Each name that changed since the fsync is as it is or as it was; both names of a rename together, as file systems with a journal have it.</summary>
    public MemoryDirectory CopyTorn(Random choice)
    {
        var kept = new Dictionary<string, object>();
        var renames = new Dictionary<object, int>();
        foreach (var name in _synced.Keys.Union(Entries.Keys).Order(StringComparer.Ordinal))
        {
            var side = choice.Next(2);
            if (Renamed(name) is { } renamed && !renames.TryAdd(renamed, side))
                side = renames[renamed];
            if ((side == 0 ? Entries : _synced).TryGetValue(name, out var entry))
                kept.Add(name, entry);
        }

        return Copied(kept, d => d.CopyTorn(choice), f => f.CopyTorn(choice));
    }

    /// <summary>What came to this name from another since the fsync, else what left it for another.</summary>
    private object? Renamed(string name)
    {
        var (now, before) = (Entries.GetValueOrDefault(name), _synced.GetValueOrDefault(name));
        if (now == before)
            return null;
        return now is not null && _synced.ContainsValue(now) ? now : before is not null && Entries.ContainsValue(before) ? before : null;
    }

    private static Dictionary<string, object> Copied(Dictionary<string, object> entries, Dictionary<object, object> copies)
    {
        var copy = new Dictionary<string, object>();
        foreach (var (name, entry) in entries)
        {
            if (!copies.TryGetValue(entry, out var copied))
                copies.Add(entry, copied = entry is MemoryDirectory directory ? directory.Copy(copies) : ((MemoryContent)entry).Copy());
            copy.Add(name, copied);
        }

        return copy;
    }

    private static MemoryDirectory Copied(
        Dictionary<string, object> entries, Func<MemoryDirectory, MemoryDirectory> directory, Func<MemoryContent, MemoryContent> file)
    {
        var copy = new MemoryDirectory();
        foreach (var (name, entry) in entries)
            copy.Entries.Add(name, entry is MemoryDirectory inner ? directory(inner) : file((MemoryContent)entry));
        copy.Sync();
        return copy;
    }
}
