using System.Diagnostics;
using Benchmarks.Loads;
using Benchmarks.Transport.Sides;
using HdrHistogram;
using MassTransit;

namespace Benchmarks.Transport.Sections;

/// <summary>Requests that are published and answered within the same application, as many under way as there are callers.</summary>
internal static class RequestSection
{
    private static readonly int[] AtOnce = [1, 32];

    public static async Task RunAsync(TransportPeers peers)
    {
        foreach (var callers in AtOnce)
        {
            var requests = peers.Options.Messages / 10 * (callers == 1 ? 1 : 4);
            var measured = await peers.InTurnAsync(side => RunAsync(side, requests, callers));
            peers.Section($"request and response, under way: {callers}");
            peers.Row("p50 ms", measured, m => m.Latency.P50Ms);
            peers.Row("p99 ms", measured, m => m.Latency.P99Ms);
            peers.Row("requests/s", measured, m => m.Work.PerSecond);
            peers.Costs(measured, m => m.Work);
        }
    }

    private static async Task<(Latency Latency, Work Work)> RunAsync(TransportSide side, int requests, int callers)
    {
        await using var bus = await BusUnderTest.StartAsync(side, new Ledger(0), typeof(QuestionConsumer));
        var client = bus.Bus.CreateRequestClient<Question>();
        var histogram = new LongConcurrentHistogram(1, TimeSpan.FromMinutes(2).Ticks, 3);
        await Publishers.RunAsync(requests / 10, callers, AskAsync);
        histogram.Reset();

        var measured = Work.Measure(side);
        await Publishers.RunAsync(requests, callers, AskAsync);
        return (Latency.Of(histogram), measured(requests));

        async Task AskAsync(int number)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await client.GetResponse<Answer>(new Question(number, Sample.Padding));
            histogram.RecordValue(Stopwatch.GetElapsedTime(began).Ticks);
            if (answer.Message.Number != number)
                throw new VoidRunException($"question {number} got the answer to {answer.Message.Number}");
        }
    }
}
