using Conformance.ByteByByte;

namespace Conformance;

/// <summary>The same requests to our broker and to Apache Kafka, in every version, and their answers compared byte by byte.</summary>
public class ByteByByteTests(SideBySide brokers) : IClassFixture<SideBySide>
{
    private static readonly Exchange[] Exchanges =
    [
        .. TopicExchanges.All, .. RecordExchanges.All, .. GroupExchanges.All, .. TransactionExchanges.All, .. ConfigExchanges.All, .. SecurityExchanges.All,
    ];

    public static TheoryData<string> Names => [.. Exchanges.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task the_answer_is_the_same(string question)
    {
        await brokers.StartAsync();
        var exchange = Exchanges.Single(e => e.Name == question);

        var differences = await exchange.DifferencesAsync(brokers.Ours, brokers.Kafka);

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
