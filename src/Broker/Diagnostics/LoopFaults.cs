using Microsoft.Extensions.Logging;

namespace Broker.Diagnostics;

/// <summary>
/// What a background loop ran into that nobody expected: a defect of the broker. The loop goes on with the rest of its work and with its next
/// round, or all it does would end in silence. The same fault is said once, until another comes. For one thread at a time.
/// </summary>
internal sealed class LoopFaults(string loop, ILogger logger)
{
    private string? _last;

    public void Note(Exception exception)
    {
        var text = exception.ToString();
        if (text == _last)
            return;
        _last = text;
        logger.LoopFaulted(exception, loop);
    }
}
