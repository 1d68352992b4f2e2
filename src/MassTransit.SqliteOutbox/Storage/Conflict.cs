using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MassTransit.SqliteOutbox;

/// <summary>Tells a lost race, which another attempt can win, from a real failure.</summary>
internal static class Conflict
{
    private const int Busy = 5;
    private const int Locked = 6;

    public static bool Caused(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (IsLostRace(cause))
                return true;
        }

        return false;
    }

    /// <summary>Whether a row could not be inserted because another has its key.</summary>
    public static bool IsTaken(DbUpdateException exception) => exception.InnerException switch
    {
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE } => true,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => true,
        _ => false,
    };

    private static bool IsLostRace(Exception cause) => cause switch
    {
        DbUpdateConcurrencyException or GroupLostException => true,
        SqliteException { SqliteErrorCode: Busy or Locked } => true,
        PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable,
        } => true,
        _ => false,
    };
}
