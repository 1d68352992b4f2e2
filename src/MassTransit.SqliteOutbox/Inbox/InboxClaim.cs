using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Writes the inbox row unless it is there. A plain insert would do, were it not that a refused one ends a transaction
/// of PostgreSQL. There, a row that another transaction has written and not committed is waited for.
/// </summary>
internal sealed class InboxClaim
{
    private static readonly ConditionalWeakTable<IModel, InboxClaim> Statements = [];

    private readonly string _sql;
    private readonly Func<InboxState, object?>[] _columns;

    private InboxClaim(DbContext dbContext)
    {
        IEntityType inbox = dbContext.Model.FindEntityType(typeof(InboxState)) ??
            throw new InvalidOperationException($"The model of {dbContext.GetType().Name} has no inbox: call AddOutboxEntities in OnModelCreating.");
        IProperty[] properties = [.. inbox.GetProperties()];
        var sql = dbContext.GetService<ISqlGenerationHelper>();
        var table = StoreObjectIdentifier.Table(inbox.GetTableName()!, inbox.GetSchema());

        _sql = $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} " +
            $"({string.Join(", ", properties.Select(property => sql.DelimitIdentifier(property.GetColumnName(table)!)))}) " +
            $"VALUES ({string.Join(", ", properties.Select((_, index) => $"{{{index}}}"))}) ON CONFLICT DO NOTHING";
        _columns = [.. properties.Select(Column)];
    }

    /// <summary>False when the consumer has handled the message.</summary>
    public static async Task<bool> TryAsync(DbContext dbContext, InboxState row, CancellationToken cancellationToken)
    {
        InboxClaim claim = Statements.GetValue(dbContext.Model, _ => new InboxClaim(dbContext));
        IEnumerable<object?> values = claim._columns.Select(column => column(row));

        return await dbContext.Database.ExecuteSqlRawAsync(claim._sql, values!, cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>As a context stores it that converts times or ids by convention.</summary>
    private static Func<InboxState, object?> Column(IProperty property)
    {
        IClrPropertyGetter value = property.GetGetter();

        return property.GetValueConverter()?.ConvertToProvider is { } convert
            ? row => convert(value.GetClrValue(row))
            : row => value.GetClrValue(row);
    }
}
