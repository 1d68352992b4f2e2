using Broker.Security.Tls;

namespace Broker.Tests.Security;

public sealed class PrincipalMappingTests
{
    [Theory]
    [InlineData("DEFAULT", "CN=kafka,O=x", "CN=kafka,O=x")]
    [InlineData("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/", "CN=service,OU=ServiceUsers,O=x", "service")]
    [InlineData("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/", "CN=service,OU=Others", null)]
    [InlineData("RULE:^CN=(.*?),OU=(.*?),O=.*$/$1@$2/L, DEFAULT", "CN=Adm,OU=Ops,O=x", "adm@ops")]
    [InlineData("RULE:^cn=(.*?),.*$/$1/U,RULE:^CN=(.*?),.*$/$1/U", "CN=bob,O=x", "BOB")]
    [InlineData("RULE:^CN=([^,]*).*$/a\\/$1/", "CN=x", "a/x")]
    [InlineData("RULE:CN=x/never the part/,DEFAULT", "CN=xy", "CN=xy")]
    public void the_first_rule_that_matches_the_whole_name_counts(string rules, string name, string? mapped) =>
        Assert.Equal(mapped, PrincipalMapping.Parse(rules).NameOf(name));

    [Theory]
    [InlineData("")]
    [InlineData("RULE:abc")]
    [InlineData("RULE:(/x/")]
    [InlineData("RULE:a/b/X")]
    [InlineData("RULE:(?=a)b/c/")]
    [InlineData("DEFAULT,nonsense")]
    public void what_is_no_rule_is_refused(string rules) => Assert.NotNull(PrincipalMapping.Check(rules));
}
