namespace MassTransit.LogTransport.Scheduling;

/// <summary>Tells the log when something begins to fail and when it works again, and not each time in between. Safe for any thread.</summary>
internal sealed class Trouble(string subject)
{
    private int _isMet;

    public void Met(Exception exception, string consequence)
    {
        if (Interlocked.Exchange(ref _isMet, 1) == 0)
            LogContext.Warning?.Log(exception, "{Subject}: {Consequence}", subject, consequence);
        else
            LogContext.Debug?.Log(exception, "{Subject}: {Consequence}", subject, consequence);
    }

    /// <summary>True when there was some.</summary>
    public bool Over()
    {
        if (Volatile.Read(ref _isMet) == 0 || Interlocked.Exchange(ref _isMet, 0) == 0)
            return false;

        LogContext.Info?.Log("{Subject}: works again", subject);
        return true;
    }
}
