using Broker.Quotas;

namespace Broker.Tests.Quotas;

public sealed class RateTests
{
    /// <summary>Milliseconds since the last, what is counted, and what Apache Kafka 4.3.1 throttles for it at 1,000 a second over 11 windows.</summary>
    private static readonly (int After, int Amount, int Throttle)[] AsKafka =
    [
        (0, 500, 0), (100, 700, 0), (500, 5000, 0), (0, 100, 0), (1000, 0, 0), (2500, 20000, 16200), (900, 10, 16310), (12000, 100, 0),
        (100, 60000, 50000), (3000, 1, 50001), (11000, 1, 0), (5, 9000, 0), (995, 9000, 8001), (1000, 9000, 17001), (1001, 1, 17001),
    ];

    [Fact]
    public void a_client_is_held_up_for_as_long_as_by_apache_kafka()
    {
        var rate = new Rate(windows: 11, windowMs: 1000);
        long now = 0;

        foreach (var (after, amount, throttle) in AsKafka)
        {
            now += after;
            Assert.Equal(throttle, rate.Record(amount, bound: 1000, now));
        }
    }

    [Fact]
    public void what_is_taken_back_was_never_counted()
    {
        var rate = new Rate(11, 1000);
        Assert.True(rate.Record(50_000, 1000, 0) > 0);
        rate.Unrecord(50_000, 0);

        Assert.Equal(0, rate.Record(10_000, 1000, 0));
    }

    [Fact]
    public void a_rate_that_nothing_was_counted_in_for_all_its_windows_is_idle()
    {
        var rate = new Rate(11, 1000);
        Assert.True(rate.IsIdle(0));

        rate.Record(1, 1000, 0);

        Assert.False(rate.IsIdle(10_999));
        Assert.True(rate.IsIdle(11_000));
    }
}
