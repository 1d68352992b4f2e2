namespace Aspire.Hosting;

/// <summary>The application cannot be built or started; the message says why in a sentence for the person who started it.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>With a message.</summary>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }
}
