using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>Whether the disk had room for a log when it was last written to; says so when that changes. Used under the log's lock.</summary>
internal sealed class SpaceWatch(string directory, ILogger logger)
{
    private bool _isFull;

    /// <returns>The exception to throw.</returns>
    public DiskFullException Full(Exception cause)
    {
        if (!_isFull)
            logger.DiskFull(directory, cause);
        _isFull = true;
        return new DiskFullException(directory, cause);
    }

    public void Written()
    {
        if (!_isFull)
            return;
        _isFull = false;
        logger.SpaceAgain(directory);
    }
}
