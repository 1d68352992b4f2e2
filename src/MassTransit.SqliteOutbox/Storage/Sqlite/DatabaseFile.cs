using System.Data.Common;

namespace MassTransit.SqliteOutbox;

internal static class DatabaseFile
{
    /// <summary>The full path of the file behind a connection, or null for a database in memory.</summary>
    public static string? PathOf(DbConnection connection)
    {
        string source = connection.DataSource;

        return source.Length == 0 || source.Contains(":memory:", StringComparison.Ordinal) ||
            connection.ConnectionString.Contains("Mode=Memory", StringComparison.OrdinalIgnoreCase)
            ? null
            : Path.GetFullPath(source);
    }
}
