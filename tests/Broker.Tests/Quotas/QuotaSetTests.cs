using System.Net;
using Broker.Quotas;

namespace Broker.Tests.Quotas;

public sealed class QuotaSetTests
{
    /// <summary>Every quota that speaks of alice's client c, the most particular first, and who shares it.</summary>
    private static readonly (QuotaEntity Entity, string User, string ClientId)[] ByPrecedence =
    [
        (QuotaEntity.For("alice", "c"), "alice", "c"),
        (QuotaEntity.For("alice", null), "alice", "c"),
        (QuotaEntity.ForUser("alice"), "alice", ""),
        (QuotaEntity.For(null, "c"), "alice", "c"),
        (QuotaEntity.For(null, null), "alice", "c"),
        (QuotaEntity.ForUser(null), "alice", ""),
        (QuotaEntity.ForClientId("c"), "", "c"),
        (QuotaEntity.ForClientId(null), "", "c"),
    ];

    [Fact]
    public void the_most_particular_quota_holds()
    {
        for (var i = 0; i < ByPrecedence.Length; i++)
        {
            var quotas = Set([.. ByPrecedence[i..].Select((q, k) => (q.Entity, QuotaKey.ProducerByteRate, 100.0 + i + k))]);

            Assert.Equal(
                new ClientLimit(QuotaKey.ProducerByteRate, ByPrecedence[i].User, ByPrecedence[i].ClientId, 100 + i),
                quotas.Find(QuotaKey.ProducerByteRate, "alice", "c"));
        }
    }

    [Fact]
    public void a_quota_of_another_kind_does_not_hide_a_less_particular_one()
    {
        var quotas = Set(
            (QuotaEntity.For("alice", "c"), QuotaKey.ConsumerByteRate, 1), (QuotaEntity.ForUser("alice"), QuotaKey.ProducerByteRate, 2));

        Assert.Equal(2, quotas.Find(QuotaKey.ProducerByteRate, "alice", "c")!.Bound);
    }

    [Fact]
    public void others_have_no_limit()
    {
        var quotas = Set((QuotaEntity.ForUser("alice"), QuotaKey.ProducerByteRate, 2));

        Assert.Null(quotas.Find(QuotaKey.ProducerByteRate, "bob", "c"));
        Assert.Null(QuotaSet.Empty.Find(QuotaKey.ProducerByteRate, "alice", "c"));
    }

    [Fact]
    public void an_address_has_its_own_rate_or_the_default()
    {
        var quotas = Set(
            (QuotaEntity.ForIp("10.0.0.1"), QuotaKey.ConnectionCreationRate, 5), (QuotaEntity.ForIp(null), QuotaKey.ConnectionCreationRate, 9));

        Assert.Equal(5, quotas.ConnectionRate(IPAddress.Parse("10.0.0.1")));
        Assert.Equal(9, quotas.ConnectionRate(IPAddress.Parse("10.0.0.2")));
        Assert.Equal(double.PositiveInfinity, QuotaSet.Empty.ConnectionRate(IPAddress.Loopback));
        Assert.False(quotas.HasClientQuotas);
    }

    private static QuotaSet Set(params (QuotaEntity Entity, QuotaKey Key, double Limit)[] quotas) =>
        new(quotas.ToDictionary(q => q.Entity, q => (IReadOnlyDictionary<QuotaKey, double>)new Dictionary<QuotaKey, double> { [q.Key] = q.Limit }));
}
