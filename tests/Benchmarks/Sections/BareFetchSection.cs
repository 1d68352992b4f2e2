using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>Our fetch path against the machine's own: a bare sendfile loop between two processes.</summary>
internal static class BareFetchSection
{
    private const int Passes = 4;

    public static async Task RunAsync(Peers peers)
    {
        var (ours, options, report) = (peers.Ours, peers.Options, peers.Report);
        var topic = await ours.NewTopicAsync(2);
        ProduceLoad.Run(ours, topic, 2, options.Records * 2);
        var file = Path.GetTempFileName();
        try
        {
            await WriteAsync(file, (long)options.Megabytes * 1000 * 1000);
            foreach (var connections in new[] { 1, 2 })
            {
                var (a, b) = (new List<Throughput>(), new List<Throughput>());
                for (var round = 0; round <= options.Rounds; round++)
                {
                    var fetched = await BareFetch.RunAsync(ours, topic, options.Records, connections, Passes);
                    var sent = await BareSendfile.RunAsync(file, connections, Passes);
                    if (round == 0)
                        continue;
                    a.Add(fetched);
                    b.Add(sent);
                }

                report.Section($"bare fetch loop (ours) and bare sendfile loop (other), connections: {connections}");
                peers.Rows((a, b));
            }
        }
        finally
        {
            File.Delete(file);
        }

        await ours.DeleteTopicAsync(topic);
    }

    private static async Task WriteAsync(string file, long size)
    {
        await using var stream = File.Create(file);
        var block = new byte[1024 * 1024];
        Random.Shared.NextBytes(block);
        for (var written = 0L; written < size; written += block.Length)
            await stream.WriteAsync(block);
    }
}
