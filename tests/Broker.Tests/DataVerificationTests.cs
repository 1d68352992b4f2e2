using System.Text.Json.Nodes;
using Broker.InProcess;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Storage.Inspection;
using Broker.Tests.Support;
using Broker.Topics;

namespace Broker.Tests;

public sealed class DataVerificationTests : IAsyncLifetime
{
    private TestBroker _broker = null!;

    private string Data => _broker.DirectoryPath;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.StartAsync(o => (o.AuthorizerClassName, o.SuperUsers) = ("StandardAuthorizer", "User:ANONYMOUS"));
        await _broker.Server.Admin.CreateTopicAsync("orders", partitions: 2);
        await _broker.Server.Records.ProduceAsync("orders", [new NewRecord(null, [1]) { Partition = 1 }]);
        await _broker.Server.StopAsync();
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public void what_is_in_order_gives_no_finding()
    {
        using var data = DataVerification.Open(Data);

        Assert.Empty(data.State);
        Assert.Equal(["orders-0 0", "orders-1 1"], data.VerifyLogs().Select(r => $"{r.Name} {r.LogEndOffset}"));
        Assert.All(data.VerifyLogs(), r => Assert.Empty(r.Findings));
        Assert.Throws<DataDirectoryInUseException>(() => DataVerification.Open(Data));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void a_log_that_topics_json_names_and_that_is_gone_is_damage(bool withDirectory)
    {
        Directory.Delete(Path.Combine(Data, "orders-1"), recursive: true);
        if (withDirectory)
            Directory.CreateDirectory(Path.Combine(Data, "orders-1"));

        var lost = Verify().Single(r => r.Name == "orders-1");

        Assert.False(lost.IsSound);
        Assert.Contains("there is no log", Assert.Single(lost.Findings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_log_that_is_just_being_made_may_be_missing_and_one_that_is_deleted_is_noted()
    {
        Directory.Delete(Path.Combine(Data, "orders-1"), recursive: true);
        await EditTopicAsync(orders => orders["creatingFrom"] = 1);
        Assert.Equal(["orders-0"], Verify().Select(r => r.Name));

        await EditTopicAsync(orders => orders["deleting"] = true);

        var report = Assert.Single(Verify());
        Assert.Equal(FindingKind.Note, Assert.Single(report.Findings).Kind);
    }

    [Fact]
    public void what_lies_beside_is_noted_and_looked_at_too()
    {
        Directory.Move(Path.Combine(Data, "orders-1"), Path.Combine(Data, "other-7"));
        Directory.CreateDirectory(Path.Combine(Data, "orders-0.5f3759df-stray"));
        Directory.CreateDirectory(Path.Combine(Data, "backup-2025"));

        using var data = DataVerification.Open(Data);

        Assert.Equal(("orders-0.5f3759df-stray", FindingKind.Note), data.State.Select(f => (f.File, f.Kind)).Single());
        Assert.Equal(["orders-0 True", "orders-1 False", "other-7 True"], data.VerifyLogs().Select(r => $"{r.Name} {r.IsSound}"));
        Assert.Equal(1, data.VerifyLogs().Last().Records);
        Assert.Contains("of no topic", data.VerifyLogs().Last().Findings.Single().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void every_state_file_that_no_broker_starts_with_is_damage()
    {
        foreach (var (name, _) in StateFiles.All)
            File.WriteAllText(Path.Combine(Data, name), "{}");

        using var data = DataVerification.Open(Data);

        Assert.Equal(StateFiles.All.Select(f => f.Name), data.State.Select(f => f.File));
        Assert.All(data.State, f => Assert.Equal(FindingKind.Damage, f.Kind));
    }

    [Theory]
    [InlineData("topics.json")]
    [InlineData("broker.json")]
    public void a_state_file_that_must_be_there_is_missed(string name)
    {
        File.Delete(Path.Combine(Data, name));

        using var data = DataVerification.Open(Data);

        Assert.Equal((name, FindingKind.Damage), data.State.Select(f => (f.File, f.Kind)).Single());
        Assert.All(data.VerifyLogs(), r => Assert.Empty(r.Findings));
    }

    [Fact]
    public void a_directory_that_is_no_brokers_is_not_called_sound()
    {
        var other = Directory.CreateTempSubdirectory("broker-tests-");
        other.CreateSubdirectory("photos-2025");

        Assert.Throws<DirectoryNotFoundException>(() => DataVerification.Open(other.FullName));
        other.Delete(recursive: true);
    }

    [Fact]
    public async Task every_file_that_a_broker_keeps_state_in_is_known()
    {
        await _broker.RestartAsync();
        var client = await _broker.ConnectAsync();
        await client.AskAsync<CreateAclsRequest, CreateAclsResponse>(
            new() { Creations = [new() { ResourceType = 2, ResourceName = "t", ResourcePatternType = 3, Principal = "User:a", Host = "*", Operation = 3, PermissionType = 3 }] }, 3);
        await client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(
            new() { Entries = [new() { Entity = [new() { EntityType = "client-id", EntityName = "a" }], Ops = [new() { Key = "producer_byte_rate", Value = 1e6 }] }] }, 1);
        await client.AskAsync<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(
            new() { Upsertions = [new() { Name = "a", Mechanism = 1, Iterations = 4096, Salt = new byte[16], SaltedPassword = new byte[32] }] }, 0);
        foreach (var (type, name, setting, value) in new[] { ((sbyte)4, "", "log.retention.ms", "5"), ((sbyte)32, "g", "consumer.session.timeout.ms", "50000") })
        {
            var altered = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
                new() { Resources = [new() { ResourceType = type, ResourceName = name, Configs = [new() { Name = setting, Value = value }] }] }, 1);
            Assert.Equal(ErrorCode.None, altered.Responses[0].ErrorCode);
        }

        await _broker.Server.StopAsync();

        var kept = Directory.GetFiles(Data, "*.json").Select(Path.GetFileName);
        Assert.Equal(StateFiles.All.Select(f => f.Name).Order(), kept.Order());
        Assert.Empty(State());
    }

    private IReadOnlyList<Finding> State()
    {
        using var data = DataVerification.Open(Data);
        return data.State;
    }

    private List<PartitionReport> Verify()
    {
        using var data = DataVerification.Open(Data);
        return [.. data.VerifyLogs()];
    }

    private async Task EditTopicAsync(Action<JsonNode> edit)
    {
        var path = Path.Combine(Data, "topics.json");
        var file = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        edit(file["topics"]![0]!);
        await File.WriteAllTextAsync(path, file.ToJsonString());
    }
}
