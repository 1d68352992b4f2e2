using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;
using static Broker.Protocol.Messages.AlterClientQuotasRequest;

namespace Conformance;

/// <summary>Quotas: how they are set, refused and told. The users here never come, so that nobody is held up.</summary>
public class QuotaTests(TestBroker broker)
{
    public static TheoryData<string, string?, string, double> Refused => new()
    {
        { "user", "nobody", "producer_byte_rate", 1024.5 },
        { "user", "nobody", "producer_byte_rate", 0 },
        { "user", "nobody", "producer_byte_rate", -1 },
        { "user", "nobody", "no_such_rate", 1 },
        { "user", "nobody", "connection_creation_rate", 1 },
        { "user", "", "producer_byte_rate", 1 },
        { "ip", "10.255.0.1", "producer_byte_rate", 1 },
        { "ip", "10.255.0.1", "connection_creation_rate", 1e12 },
        { "ip", "no such address", "connection_creation_rate", 1 },
        { "group", "nobody", "producer_byte_rate", 1 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task a_quota_that_cannot_be_is_refused(string entity, string? name, string key, double value)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var altered = await client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(Alter([(entity, name)], (key, value)), 1);

        Assert.Equal(ErrorCode.InvalidRequest, altered.Entries[0].ErrorCode);
    }

    [Fact]
    public async Task quotas_are_set_described_and_removed()
    {
        var user = TestBroker.NewName("user");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await AlterAsync(client, Alter([("user", user)], ("producer_byte_rate", 1024), ("request_percentage", 12.5)));
        await AlterAsync(client, Alter([("user", user), ("client-id", null)], ("consumer_byte_rate", 2048)));
        await Polling.HoldsAsync(async () => (await DescribeAsync(client, strict: false, Exactly("user", user))).Count == 2, "both are told");
        var userOnly = await DescribeAsync(client, strict: true, Exactly("user", user));
        var withDefault = await DescribeAsync(client, strict: true, Exactly("user", user), new() { EntityType = "client-id", MatchType = 1 });
        await AlterAsync(client, Alter([("user", user)], ("producer_byte_rate", null), ("request_percentage", null), ("no_such_rate", null)));
        await AlterAsync(client, Alter([("user", user), ("client-id", null)], ("consumer_byte_rate", null)));

        Assert.Equal(["producer_byte_rate 1024", "request_percentage 12.5"], userOnly[0].Values.Select(v => $"{v.Key} {v.Value}").Order());
        Assert.Equal(["client-id ", $"user {user}"], withDefault[0].Entity.Select(e => $"{e.EntityType} {e.EntityName}").Order());
        await Polling.HoldsAsync(async () => (await DescribeAsync(client, strict: false, Exactly("user", user))).Count == 0, "none is left");
    }

    [Fact]
    public async Task a_change_that_is_only_validated_changes_nothing()
    {
        var user = TestBroker.NewName("user");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var request = Alter([("user", user)], ("producer_byte_rate", 1024));
        request.ValidateOnly = true;

        await AlterAsync(client, request);

        Assert.Empty(await DescribeAsync(client, strict: false, Exactly("user", user)));
    }

    [Fact]
    public async Task a_filter_that_cannot_be_is_refused()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        DescribeClientQuotasRequest.ComponentData any = new() { EntityType = "user", MatchType = 2 };

        Assert.Equal(ErrorCode.UnsupportedVersion, await FaultAsync(new DescribeClientQuotasRequest.ComponentData { EntityType = "group", MatchType = 2 }));
        Assert.Equal(ErrorCode.InvalidRequest, await FaultAsync(new DescribeClientQuotasRequest.ComponentData { EntityType = "", MatchType = 2 }));
        Assert.Equal(ErrorCode.InvalidRequest, await FaultAsync(any, any));
        Assert.Equal(ErrorCode.InvalidRequest, await FaultAsync(any, new() { EntityType = "ip", MatchType = 2 }));
        Assert.Equal(ErrorCode.InvalidRequest, await FaultAsync(new DescribeClientQuotasRequest.ComponentData { EntityType = "user", MatchType = 0 }));
        Assert.Equal(ErrorCode.InvalidRequest, await FaultAsync(new DescribeClientQuotasRequest.ComponentData { EntityType = "user", MatchType = 1, Match = "x" }));

        async Task<ErrorCode> FaultAsync(params DescribeClientQuotasRequest.ComponentData[] components) =>
            (await client.AskAsync<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(new() { Components = components }, 1)).ErrorCode;
    }

    [Fact]
    public async Task kafka_configs_sets_and_shows_the_quotas_of_users_clients_and_addresses()
    {
        Tool.OnlyWhenLong();
        var name = TestBroker.NewName("client");

        await ConfigsAsync("--alter", "--add-config", "producer_byte_rate=1024,consumer_byte_rate=2048", "--entity-type", "users", "--entity-name", name);
        await ConfigsAsync("--alter", "--add-config", "request_percentage=200", "--entity-type", "clients", "--entity-name", name);
        var user = await ConfigsAsync("--describe", "--entity-type", "users", "--entity-name", name);
        var client = await ConfigsAsync("--describe", "--entity-type", "clients", "--entity-name", name);
        await ConfigsAsync("--alter", "--delete-config", "producer_byte_rate,consumer_byte_rate", "--entity-type", "users", "--entity-name", name);
        await ConfigsAsync("--alter", "--delete-config", "request_percentage", "--entity-type", "clients", "--entity-name", name);

        Assert.Contains("producer_byte_rate=1024.0", user);
        Assert.Contains("consumer_byte_rate=2048.0", user);
        Assert.Contains("request_percentage=200.0", client);
    }

    private Task<string> ConfigsAsync(params string[] arguments) =>
        Tool.KafkaAsync(null, "kafka-configs.sh", ["--bootstrap-server", broker.BootstrapServers, .. arguments]);

    private static async Task AlterAsync(RawClient client, AlterClientQuotasRequest request)
    {
        var altered = await client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(request, 1);
        Assert.Equal((ErrorCode.None, null), (altered.Entries[0].ErrorCode, altered.Entries[0].ErrorMessage));
    }

    private static async Task<IReadOnlyList<DescribeClientQuotasResponse.EntryData>> DescribeAsync(
        RawClient client, bool strict, params DescribeClientQuotasRequest.ComponentData[] filter)
    {
        var described = await client.AskAsync<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(new() { Components = filter, Strict = strict }, 1);
        Assert.Equal(ErrorCode.None, described.ErrorCode);
        return described.Entries!;
    }

    private static DescribeClientQuotasRequest.ComponentData Exactly(string entity, string name) => new() { EntityType = entity, Match = name };

    private static AlterClientQuotasRequest Alter((string Type, string? Name)[] entity, params (string Key, double? Value)[] limits) => new()
    {
        Entries =
        [
            new EntryData
            {
                Entity = [.. entity.Select(e => new EntityData { EntityType = e.Type, EntityName = e.Name })],
                Ops = [.. limits.Select(l => new OpData { Key = l.Key, Value = l.Value ?? 0, Remove = l.Value is null })],
            },
        ],
    };
}
