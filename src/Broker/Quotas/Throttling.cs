using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;

namespace Broker.Quotas;

/// <summary>
/// Where requests meet quotas. A client over its limit is answered at once, told for how long it is not listened to, and then not
/// listened to for that long (KIP-219). Requests that came by no connection have no quotas.
/// </summary>
internal static class Throttling
{
    private const int PartitionOverhead = 40;

    /// <summary>Counts what is known as a request comes.</summary>
    /// <returns>When its work began; 0 when work is not counted.</returns>
    public static long BeginWork(this RequestContext context, int requestBytes)
    {
        if (context.Quotas is not { AreSet: true } quotas)
            return 0;

        if (context.Header.ApiKey == ApiKey.Produce)
            context.Throttle(quotas.Produced(context.Principal.Name, context.Header.ClientId, requestBytes));
        return quotas.Timestamp;
    }

    /// <summary>Time since <see cref="BeginWork"/>.</summary>
    public static TimeSpan WorkSince(this RequestContext context, long began) =>
        began == 0 ? TimeSpan.Zero : context.Quotas!.ElapsedSince(began);

    /// <summary>Counts the work, and puts into the answer for how long the client is not listened to.</summary>
    public static void EndWork(this RequestContext context, TimeSpan work, object response)
    {
        if (work > TimeSpan.Zero)
            context.Throttle(context.Quotas!.Worked(context.Principal.Name, context.Header.ClientId, work));
        if (context.ThrottleTimeMs > 0 && response is IThrottledResponse throttled)
            throttled.ThrottleTimeMs = context.ThrottleTimeMs;
    }

    /// <summary>The most a fetch may bring without being too much by itself.</summary>
    public static int MaxFetchBytes(this RequestContext context) =>
        context.Quotas?.MaxFetchBytes(context.Principal.Name, context.Header.ClientId) ?? int.MaxValue;

    /// <summary>Leaves the answer as it is, or for a client that has fetched too much empties it; the records are let go then.</summary>
    public static void Limit(this RequestContext context, FetchResponse response)
    {
        if (context.Quotas is not { AreSet: true } quotas)
            return;

        var throttleMs = quotas.Fetched(context.Principal.Name, context.Header.ClientId, SizeOf(response));
        if (throttleMs == 0)
            return;

        context.Throttle(throttleMs);
        foreach (var topic in response.Responses)
        {
            foreach (var partition in topic.Partitions)
                (partition.Records.Source as IDisposable)?.Dispose();
        }

        response.Reset();
    }

    /// <summary>Counts partitions about to be created or deleted.</summary>
    /// <exception cref="TopicFaultException">The client has done too much of it and knows the error.</exception>
    public static void Mutate(this RequestContext context, int partitions, short strictSince)
    {
        if (context.Quotas is not { } quotas)
            return;

        var strict = context.Version >= strictSince;
        var throttleMs = quotas.Mutated(context.Principal.Name, context.Header.ClientId, partitions, strict);
        context.Throttle(throttleMs);
        if (strict && throttleMs > 0)
            throw new TopicFaultException(ErrorCode.ThrottlingQuotaExceeded, "The throttling quota has been exceeded.");
    }

    private static long SizeOf(FetchResponse response)
    {
        long size = 0;
        for (var t = 0; t < response.Responses.Count; t++)
        {
            var partitions = response.Responses[t].Partitions;
            for (var p = 0; p < partitions.Count; p++)
                size += PartitionOverhead + partitions[p].Records.Length;
        }

        return size;
    }
}
