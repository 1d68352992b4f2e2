using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

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
            if (cause is DbUpdateConcurrencyException or SqliteException { SqliteErrorCode: Busy or Locked })
                return true;
        }

        return false;
    }
}
