using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;

namespace Broker.Apis;

/// <summary>
/// A pass over what a fetch asks for, into its answer. Holds slices of log files: they go with the answer, or back by
/// <see cref="Release"/>.
/// </summary>
internal sealed class FetchAttempt(FetchResponse response)
{
    private readonly List<LogSlice> _slices = [];
    private int _maxBytes;
    private long _bytes;

    public bool HasError { get; set; }

    /// <summary>Slices it has kept room for.</summary>
    public int Weight => _slices.Capacity;

    /// <summary>The first batch of an answer is sent whatever its size; no other is.</summary>
    public bool IsEmpty => _slices.Count == 0;

    public int Room => (int)Math.Max(_maxBytes - _bytes, 0);

    /// <summary>Starts a pass; the one before was released or has been sent.</summary>
    public void Begin(int maxBytes)
    {
        response.Reset();
        (_maxBytes, _bytes, HasError) = (maxBytes, 0, false);
    }

    public bool IsEnough(int minBytes) => HasError || _bytes >= minBytes || response.Responses.Count == 0;

    public RecordsSlice Take(LogSlice slice)
    {
        _slices.Add(slice);
        _bytes += slice.Length;
        return RecordsSlice.FromSource(slice, slice.Length);
    }

    /// <summary>The slices are the answer's from now on.</summary>
    public void Sent() => _slices.Clear();

    public void Release()
    {
        foreach (var slice in _slices)
            slice.Dispose();
        _slices.Clear();
        response.Reset();
    }
}
