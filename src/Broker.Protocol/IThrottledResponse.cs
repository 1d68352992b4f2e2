namespace Broker.Protocol;

/// <summary>An answer that tells its client for how long the broker will not listen to it (KIP-219).</summary>
public interface IThrottledResponse
{
    /// <summary>Milliseconds; left out in versions that have no place for it.</summary>
    int ThrottleTimeMs { get; set; }
}
