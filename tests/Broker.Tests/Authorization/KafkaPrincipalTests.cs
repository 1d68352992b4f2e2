using Broker.Authorization;

namespace Broker.Tests.Authorization;

public sealed class KafkaPrincipalTests
{
    [Theory]
    [InlineData("User:alice", "User", "alice")]
    [InlineData("User:CN=a:b,O=c", "User", "CN=a:b,O=c")]
    [InlineData("User:*", "User", "*")]
    public void type_and_name_are_parted_at_the_first_colon(string text, string type, string name)
    {
        Assert.True(KafkaPrincipal.TryParse(text, out var principal));

        Assert.Equal(new KafkaPrincipal(type, name), principal);
        Assert.Equal(text, principal.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData(":alice")]
    [InlineData("User:")]
    public void text_without_type_and_name_is_no_principal(string? text) => Assert.False(KafkaPrincipal.TryParse(text, out _));
}
