namespace Broker.Protocol.Tests;

public class ErrorCodeTests
{
    [Fact]
    public void codes_run_from_minus_one_to_133_without_a_gap() =>
        Assert.Equal(Enumerable.Range(-1, 135), Enum.GetValues<ErrorCode>().Select(code => (int)code).Order());
}
