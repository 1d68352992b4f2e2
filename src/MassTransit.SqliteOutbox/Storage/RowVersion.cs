using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Versions are numbers raised here, because SQLite computes none: a <c>byte[]</c> row version would stay null and
/// never conflict.
/// </summary>
internal static class RowVersion
{
    public static IProperty? Of(IEntityType entity) =>
        entity.GetProperties().FirstOrDefault(property => property.IsConcurrencyToken && (property.ClrType == typeof(long) || property.ClrType == typeof(int)));

    /// <summary>One above what was read; left alone when the same save is tried again or the caller set it.</summary>
    public static void Raise(EntityEntry entry)
    {
        if (Of(entry.Metadata) is not { } property)
            return;

        PropertyEntry version = entry.Property(property);
        if (Equals(version.CurrentValue, version.OriginalValue))
            version.CurrentValue = version.OriginalValue is int read ? (object)(read + 1) : (long)version.OriginalValue! + 1;
    }
}
