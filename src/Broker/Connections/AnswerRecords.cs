using Broker.Protocol;

namespace Broker.Connections;

/// <summary>Records that an answer holds without carrying them.</summary>
internal static class AnswerRecords
{
    /// <summary>To be called exactly once, whether the answer was sent or not: a slice keeps its log file open until then.</summary>
    public static void ReleaseRecords(this FrameBuffer answer)
    {
        foreach (var records in answer.Records)
            (records.Source as IDisposable)?.Dispose();
    }
}
