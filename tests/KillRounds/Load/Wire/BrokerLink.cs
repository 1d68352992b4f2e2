using System.Net.Sockets;
using Broker.Protocol;

namespace KillRounds.Load.Wire;

/// <summary>
/// A connection that is made again after it broke. A request that got no answer may or may not have been carried out: its caller is told,
/// and decides. Used by one task at a time.
/// </summary>
internal sealed class BrokerLink(string bootstrapServers, Progress progress) : IDisposable
{
    /// <summary>Short, so that a broker that stands still is noticed while it does.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(20);

    private RawClient? _raw;

    /// <exception cref="LinkBrokenException">There was no answer.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        try
        {
            _raw ??= await RawClient.ConnectAsync(bootstrapServers);
            return await AnswerOrCloseAsync(_raw.AskAsync<TRequest, TResponse>(request, version), _raw, progress);
        }
        catch (Exception e) when (IsBroken(e))
        {
            _raw?.Dispose();
            _raw = null;
            await Task.Delay(Backoff);
            throw new LinkBrokenException(e);
        }
    }

    /// <summary>As <see cref="AskAsync"/>, again and again: for what may be carried out twice.</summary>
    public async Task<TResponse> AskUntilAnsweredAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken stop)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        while (true)
        {
            try
            {
                return await AskAsync<TRequest, TResponse>(request, version);
            }
            catch (LinkBrokenException)
            {
                stop.ThrowIfCancellationRequested();
            }
        }
    }

    public void Dispose() => _raw?.Dispose();

    /// <summary>The answer in time; else the connection is closed, which ends the wait for it.</summary>
    public static async Task<T> AnswerOrCloseAsync<T>(Task<T> answer, RawClient raw, Progress progress)
    {
        if (await Task.WhenAny(answer, Task.Delay(Patience)) != answer && !answer.IsCompleted)
        {
            progress.Did(Deed.TimedOut);
            raw.Dispose();
        }

        return await answer;
    }

    public static bool IsBroken(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}
