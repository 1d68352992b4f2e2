using System.Security.Cryptography;
using System.Text;
using Broker.Security.Sasl;
using Broker.Security.Scram;
using Broker.Storage;
using Broker.Tests.Security.Support;

namespace Broker.Tests.Security;

public sealed class ScramServerTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("broker-tests-").FullName;
    private readonly DataDirectory _directory;
    private readonly ScramCredentials _credentials;

    public ScramServerTests()
    {
        _directory = DataDirectory.Open(_path);
        _credentials = ScramCredentials.Open(
            _directory, ["SCRAM-SHA-256=[name=alice,iterations=8192,password=alice-secret]", "SCRAM-SHA-256=[name=\"a,b=c\",password=odd]"]);
    }

    public void Dispose()
    {
        _directory.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void the_tests_client_speaks_as_the_example_of_rfc_7677()
    {
        var client = new ScramClient("user", "pencil", HashAlgorithmName.SHA256, "rOprNGfwEbeRWgbNEkqO");

        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Encoding.UTF8.GetString(client.First()));
        var final = client.Final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            Encoding.UTF8.GetString(final));
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", client.ServerFinal());
    }

    [Theory]
    [InlineData("alice", "alice-secret", "n,,")]
    [InlineData("alice", "alice-secret", "y,,")]
    [InlineData("alice", "alice-secret", "n,a=alice,")]
    [InlineData("a,b=c", "odd", "n,,")]
    public void the_right_proof_is_answered_with_the_servers_own(string user, string password, string header)
    {
        var client = Client(user, password, header);

        var last = Run(client);

        Assert.Equal(user, last.User);
        Assert.Equal(client.ServerFinal(), Encoding.UTF8.GetString(last.Answer));
    }

    [Fact]
    public void a_wrong_password_and_an_unknown_name_end_alike()
    {
        var wrong = Run(Client("alice", "guess"));
        var unknown = Run(Client("mallory", "guess"));

        Assert.Null(wrong.User);
        Assert.NotNull(wrong.Refusal);
        Assert.Equal((wrong.Refusal, wrong.User), (unknown.Refusal, unknown.User));
    }

    [Fact]
    public void an_unknown_name_gets_a_salt_of_its_own_that_stays_and_iterations_that_are_in_use()
    {
        string First(string user)
        {
            var answer = Encoding.UTF8.GetString(new ScramServer(ScramMechanism.Sha256, _credentials).Next(Client(user, "x").First()).Answer);
            return answer[answer.IndexOf(",s=", StringComparison.Ordinal)..];
        }

        Assert.Equal(First("mallory"), First("mallory"));
        Assert.NotEqual(First("mallory"), First("trudy"));
        Assert.Contains(First("mallory").Split("i=")[1], (string[])["4096", "8192"]);
    }

    [Fact]
    public void only_the_nonce_that_was_issued_counts()
    {
        foreach (var forge in (Func<string, string>[])[issued => "nonce" + issued, issued => issued + "x", _ => "nonce", issued => issued[..^1], _ => "somebody-elses"])
        {
            var client = Client("alice", "alice-secret");
            var server = new ScramServer(ScramMechanism.Sha256, _credentials);
            var first = Encoding.UTF8.GetString(server.Next(client.First()).Answer);
            var issued = first.Split(',')[0][2..];

            Assert.NotNull(server.Next(client.Final(first, forgedNonce: forge(issued))).Refusal);
        }
    }

    [Fact]
    public void an_exchange_that_was_recorded_cannot_be_played_again()
    {
        var client = Client("alice", "alice-secret");
        var server = new ScramServer(ScramMechanism.Sha256, _credentials);
        var final = client.Final(Encoding.UTF8.GetString(server.Next(client.First()).Answer));
        Assert.Equal("alice", server.Next(final).User);

        var again = new ScramServer(ScramMechanism.Sha256, _credentials);
        again.Next(client.First());

        Assert.NotNull(again.Next(final).Refusal);
    }

    [Fact]
    public void the_channel_binding_of_the_end_is_that_of_the_beginning()
    {
        var client = Client("alice", "alice-secret", "y,,");
        var server = new ScramServer(ScramMechanism.Sha256, _credentials);
        var first = Encoding.UTF8.GetString(server.Next(client.First()).Answer);

        Assert.NotNull(server.Next(client.Final(first, forgedHeader: "n,,")).Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,n=alice")]
    [InlineData("n,,r=abc,n=alice")]
    [InlineData("n=alice,r=abc")]
    [InlineData("p=tls-unique,,n=alice,r=abc")]
    [InlineData("n,,m=must,n=alice,r=abc")]
    [InlineData("n,,n=al=ice,r=abc")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=alice,r=")]
    [InlineData("n,a=bob,n=alice,r=abc")]
    public void a_first_message_of_another_form_is_refused(string message) =>
        Assert.NotNull(new ScramServer(ScramMechanism.Sha256, _credentials).Next(Encoding.UTF8.GetBytes(message)).Refusal);

    [Fact]
    public void a_name_without_end_costs_no_work() =>
        Assert.NotNull(new ScramServer(ScramMechanism.Sha256, _credentials).Next(Encoding.UTF8.GetBytes($"n,,n={new string('x', 500_000)},r=abc")).Refusal);

    [Theory]
    [InlineData("")]
    [InlineData("c=biws,r=abc")]
    [InlineData("c=biws,p=AAAA,r=abc")]
    [InlineData("c=!,r=abc,p=AAAA")]
    [InlineData("c=biws,r=abc,p=AAAA")]
    public void a_final_message_of_another_form_is_refused(string message)
    {
        var server = new ScramServer(ScramMechanism.Sha256, _credentials);
        server.Next(Client("alice", "alice-secret").First());

        Assert.NotNull(server.Next(Encoding.UTF8.GetBytes(message)).Refusal);
    }

    private SaslStep Run(ScramClient client)
    {
        var server = new ScramServer(ScramMechanism.Sha256, _credentials);
        var first = server.Next(client.First());
        Assert.Null(first.Refusal);
        return server.Next(client.Final(Encoding.UTF8.GetString(first.Answer)));
    }

    private static ScramClient Client(string user, string password, string header = "n,,") =>
        new(user, password, HashAlgorithmName.SHA256, "nonce") { Header = header };
}
