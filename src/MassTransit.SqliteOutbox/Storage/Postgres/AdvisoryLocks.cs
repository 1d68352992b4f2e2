using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// The numbers of PostgreSQL's advisory locks: the first is a table's, the second says what of it. They must be
/// the same in every process and version, hence a hash of our own.
/// </summary>
internal static class AdvisoryLocks
{
    public const int Relay = -1;
    public const int Creation = -2;

    /// <summary>Bounds how many locks one transaction takes; lanes that share a number wait for each other now and then.</summary>
    private const uint Lanes = 1024;

    public static int TableOf(DbContext dbContext)
    {
        IEntityType outbox = dbContext.Model.FindEntityType(typeof(OutboxMessage)) ??
            throw new InvalidOperationException($"The model of {dbContext.GetType().Name} has no outbox: call AddOutboxEntities in OnModelCreating.");

        return (int)Hash($"{outbox.GetSchema()}.{outbox.GetTableName()}");
    }

    /// <summary>Of one saga, also of one that is not there yet.</summary>
    public static (int Table, int Instance) Of(IEntityType saga, Guid correlationId) =>
        ((int)Hash($"{saga.GetSchema()}.{saga.GetTableName()}"), (int)Hash(correlationId.ToString("N")));

    /// <summary>In ascending order, so that two transactions with the same lanes do not wait for each other crosswise.</summary>
    public static int[] Of(IEnumerable<string> lanes) => [.. lanes.Select(lane => (int)(Hash(lane) % Lanes)).Distinct().Order()];

    /// <summary>FNV-1a.</summary>
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ value) * 16777619;

        return hash;
    }
}
