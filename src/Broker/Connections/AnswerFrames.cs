using Broker.Protocol;

namespace Broker.Connections;

/// <summary>
/// The frames of answers. Whoever gets a request answered gets its frame, and releases it, sent or not: its records keep their log
/// files open until then.
/// </summary>
internal static class AnswerFrames
{
    /// <summary>Frames that are kept for the next answers, none larger than <see cref="FrameBuffer.RetainedSize"/>.</summary>
    private const int Kept = 64;

    private static readonly Pool<FrameBuffer> Free = new(Kept);

    public static FrameBuffer Take() => Free.TryTake() ?? new FrameBuffer();

    /// <summary>To be called exactly once.</summary>
    public static void Release(FrameBuffer answer)
    {
        for (var i = 0; i < answer.Records.Count; i++)
            (answer.Records[i].Source as IDisposable)?.Dispose();
        answer.Reset();
        if (!Free.Give(answer))
            answer.Dispose();
    }
}
