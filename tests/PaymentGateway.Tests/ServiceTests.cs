using System.Net;
using System.Text.Json;

namespace PaymentGateway.Tests;

public sealed class ServiceTests : GatewayTest
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task it_says_that_it_is_well(string path)
    {
        using var response = await Gateway.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task its_openapi_document_names_every_operation()
    {
        using var document = JsonDocument.Parse(await Gateway.Http.GetStringAsync("/openapi/v1.json"));

        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name);

        Assert.Equal(
            ["/authorizations", "/behaviour", "/captures", "/ledger", "/operations/{idempotencyKey}", "/voids"],
            paths.Where(path => path is not ("/health" or "/alive")).Order(StringComparer.Ordinal));
    }
}
