using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;

namespace Broker.Apis;

/// <summary>One pass over what a fetch asks for. Holds slices of log files, which go with the response or back by <see cref="Release"/>.</summary>
internal sealed class FetchAttempt(int maxBytes)
{
    private readonly List<LogSlice> _slices = [];
    private long _bytes;

    public List<FetchResponse.FetchableTopicResponse> Topics { get; } = [];

    public bool HasError { get; set; }

    /// <summary>The first batch of an answer is sent whatever its size; no other is.</summary>
    public bool IsEmpty => _slices.Count == 0;

    public int Room => (int)Math.Max(maxBytes - _bytes, 0);

    public FetchResponse Response => new() { Responses = Topics };

    public bool IsEnough(int minBytes) => HasError || _bytes >= minBytes || Topics.Count == 0;

    public RecordsSlice Take(LogSlice slice)
    {
        _slices.Add(slice);
        _bytes += slice.Length;
        return RecordsSlice.FromSource(slice, slice.Length);
    }

    public void Release()
    {
        foreach (var slice in _slices)
            slice.Dispose();
        _slices.Clear();
    }
}
