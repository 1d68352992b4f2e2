using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Security.Support;
using Broker.Tests.Support;
using static Broker.Protocol.Messages.AlterUserScramCredentialsRequest;

namespace Broker.Tests.Security;

public sealed class ScramUserTests
{
    private const sbyte Sha256 = 1;

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task a_first_user_comes_from_a_setting(string mechanism)
    {
        await using var broker = await StartAsync($"{mechanism}=[name=admin,password=admin-secret]");
        var client = await broker.ConnectAsync("SASL_PLAINTEXT");

        Assert.Equal(ErrorCode.None, (await client.ScramAsync("admin", "admin-secret", mechanism)).ErrorCode);

        Assert.True(await client.IsServedAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains($"authenticated as User:admin by {mechanism}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_user_of_the_setting_who_has_changed_keeps_the_change()
    {
        await using var broker = await StartAsync("SCRAM-SHA-256=[name=admin,password=before]");
        await AlterAsync(broker, Set("admin", password: "after"));

        await broker.RestartAsync();

        Assert.Equal(ErrorCode.None, (await (await broker.ConnectAsync("SASL_PLAINTEXT")).ScramAsync("admin", "after")).ErrorCode);
        Assert.Equal(ErrorCode.SaslAuthenticationFailed, (await (await broker.ConnectAsync("SASL_PLAINTEXT")).ScramAsync("admin", "before")).ErrorCode);
    }

    [Fact]
    public async Task a_user_that_was_added_is_known_at_once_and_after_a_restart_and_gone_when_removed()
    {
        await using var broker = await StartAsync();
        Assert.Equal(ErrorCode.None, (await AlterAsync(broker, Set("bob"))).Single().ErrorCode);
        Assert.Equal(ErrorCode.None, (await (await broker.ConnectAsync("SASL_PLAINTEXT")).ScramAsync("bob", "bob-secret")).ErrorCode);

        await broker.RestartAsync();
        Assert.Equal(ErrorCode.None, (await (await broker.ConnectAsync("SASL_PLAINTEXT")).ScramAsync("bob", "bob-secret")).ErrorCode);

        var client = await broker.ConnectAsync("PLAINTEXT");
        await client.AskAsync<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(
            new AlterUserScramCredentialsRequest { Deletions = [new ScramCredentialDeletion { Name = "bob", Mechanism = Sha256 }] }, 0);
        Assert.Equal(ErrorCode.SaslAuthenticationFailed, (await (await broker.ConnectAsync("SASL_PLAINTEXT")).ScramAsync("bob", "bob-secret")).ErrorCode);
    }

    [Fact]
    public async Task no_password_is_in_the_data_directory()
    {
        await using var broker = await StartAsync("SCRAM-SHA-256=[name=admin,password=admin-secret]");
        var salted = Set("bob").SaltedPassword;

        var file = await File.ReadAllTextAsync(Path.Combine(broker.DirectoryPath, "scram.json"), TestContext.Current.CancellationToken);

        Assert.DoesNotContain("admin-secret", file, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(salted), file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_bad_change_leaves_the_others()
    {
        await using var broker = await StartAsync();

        var results = await AlterAsync(broker, Set("bob"), Set("carol", iterations: 100));

        Assert.Equal([("bob", ErrorCode.None), ("carol", ErrorCode.UnacceptableCredential)], results.Select(r => (r.User, r.ErrorCode)).Order());
        Assert.Equal(ErrorCode.None, (await (await broker.ConnectAsync("SASL_PLAINTEXT")).ScramAsync("bob", "bob-secret")).ErrorCode);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256=[name=alice,password=secret]", true)]
    [InlineData("SCRAM-SHA-512=[name=alice,iterations=8192,password=\"with, comma\"]", true)]
    [InlineData("SCRAM-SHA-256=[name=alice,salt=\"W22ZaJ0SNY7soEsUEjb6gQ==\",saltedpassword=\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]", true)]
    [InlineData("SCRAM-SHA-256=[name=alice]", false)]
    [InlineData("SCRAM-SHA-256=[password=secret]", false)]
    [InlineData("SCRAM-SHA-256=[name=alice,password=secret,iterations=1]", false)]
    [InlineData("SCRAM-SHA-256=[name=alice,password=secret,name=bob]", false)]
    [InlineData("SCRAM-SHA-1=[name=alice,password=secret]", false)]
    [InlineData("alice", false)]
    public void users_are_given_in_the_words_of_kafka_storage(string text, bool taken) =>
        Assert.Equal(taken, Broker.Security.Scram.ScramUser.Check(text) is null);

    private static async Task<IReadOnlyList<AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult>> AlterAsync(
        TestBroker broker, params ScramCredentialUpsertion[] upsertions)
    {
        var client = await broker.ConnectAsync("PLAINTEXT");
        return (await client.AskAsync<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(
            new AlterUserScramCredentialsRequest { Upsertions = upsertions }, 0)).Results;
    }

    private static ScramCredentialUpsertion Set(string user, int iterations = 4096, string? password = null)
    {
        var salt = "salt of a test"u8.ToArray();
        return new ScramCredentialUpsertion
        {
            Name = user,
            Mechanism = Sha256,
            Iterations = iterations,
            Salt = salt,
            SaltedPassword = Broker.Security.Scram.ScramMechanism.Sha256.Salt(password ?? $"{user}-secret", salt, iterations),
        };
    }

    private static Task<TestBroker> StartAsync(params string[] users) => TestBroker.StartAsync(o =>
    {
        o.Listeners = "PLAINTEXT://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:0";
        (o.SaslEnabledMechanisms, o.ConnectionFailedAuthenticationDelayMs) = ("SCRAM-SHA-256,SCRAM-SHA-512", 0);
        foreach (var user in users)
            o.AddScram.Add(user);
    });
}
