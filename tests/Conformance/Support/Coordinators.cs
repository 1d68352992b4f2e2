using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Conformance.Support;

/// <summary>
/// Apache Kafka makes the topics of its coordinators when it is first asked for one, and then loads partition after partition; until then
/// whatever is asked of a group or a transactional id is put off. No test is about that, so it is waited for once, before the first.
/// </summary>
public static class Coordinators
{
    /// <summary>Names enough to meet every partition of the coordinators' topics, of which the cluster under test has few.</summary>
    private const int Names = 64;

    private static readonly string[] Probes = [.. Enumerable.Range(0, Names).Select(i => $"probe-{i}")];

    /// <summary>Returns when every group and every transactional id has a coordinator that answers.</summary>
    public static async Task ServeAsync(string bootstrapServers)
    {
        using var client = await RawClient.ConnectAsync(bootstrapServers);
        await FoundAsync(client, 0, "groups");
        await FoundAsync(client, 1, "transactions");
        await Polling.HoldsAsync(
            async () => (await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = [.. Probes] }, 5))
                .Groups.All(g => g.ErrorCode == ErrorCode.None),
            "every group is served");
        await Polling.HoldsAsync(
            async () => (await client.AskAsync<DescribeTransactionsRequest, DescribeTransactionsResponse>(new() { TransactionalIds = [.. Probes] }, 0))
                .TransactionStates.All(t => t.ErrorCode == ErrorCode.TransactionalIdNotFound),
            "every transactional id is served");
    }

    private static Task FoundAsync(RawClient client, sbyte keyType, string of) => Polling.HoldsAsync(
        async () => (await client.AskAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new() { KeyType = keyType, CoordinatorKeys = [.. Probes] }, 4))
            .Coordinators.All(c => c.ErrorCode == ErrorCode.None),
        $"the coordinators of {of} are found");
}
