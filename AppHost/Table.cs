namespace AppHost;

/// <summary>Text in columns as wide as their widest entry.</summary>
internal static class Table
{
    private const string Gap = "  ";

    public static IEnumerable<string> Lines(string[] head, IReadOnlyCollection<string[]> rows)
    {
        var widths = head.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        return rows.Prepend([.. widths.Select(width => new string('-', width))]).Prepend(head)
            .Select(row => string.Join(Gap, row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
    }
}
