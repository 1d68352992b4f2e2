using Broker.Quotas;

namespace Broker.Tests.Quotas;

public sealed class TokenBucketTests
{
    /// <summary>Milliseconds since the last, credits taken, and what Apache Kafka 4.3.1 throttles for it at 5 a second, 55 when full.</summary>
    private static readonly (int After, int Amount, int Throttle)[] AsKafka =
        [(0, 50, 0), (0, 10, 0), (0, 1, 1000), (100, 3, 900), (1000, 1, 0), (2000, 40, 0), (20_000, 200, 0), (1000, 1, 28_000)];

    [Fact]
    public void a_strict_client_is_refused_for_as_long_as_by_apache_kafka()
    {
        var bucket = new TokenBucket(burstSeconds: 11);
        long now = 0;

        foreach (var (after, amount, throttle) in AsKafka)
        {
            now += after;
            Assert.Equal(throttle, bucket.Take(amount, bound: 5, now, strict: true));
        }
    }

    [Fact]
    public void a_client_that_does_not_know_the_error_gets_what_it_asks_and_waits_afterwards()
    {
        var bucket = new TokenBucket(11);

        Assert.Equal(0, bucket.Take(55, 5, 0, strict: false));
        Assert.Equal(1000, bucket.Take(5, 5, 0, strict: false));
        Assert.Equal(2000, bucket.Take(5, 5, 0, strict: false));
    }

    [Fact]
    public void a_full_bucket_is_idle()
    {
        var bucket = new TokenBucket(11);
        bucket.Take(5, 5, 0, strict: true);

        Assert.False(bucket.IsIdle(999));
        Assert.True(bucket.IsIdle(1000));
    }
}
