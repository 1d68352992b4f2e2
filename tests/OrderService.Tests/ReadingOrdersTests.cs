using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderService.Tests.Support;

namespace OrderService.Tests;

public sealed class ReadingOrdersTests : IAsyncLifetime
{
    private Shop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await Shop.StartAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task an_unknown_order_is_not_found()
    {
        using var response = await _shop.Http.GetAsync($"/orders/{Guid.NewGuid()}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task the_list_is_newest_first_and_filtered()
    {
        var first = await _shop.Place();
        _shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var second = await _shop.Place();
        using var cancelled = await _shop.Cancel(first);

        Assert.Equal([second, first], await List("?customerId=ada"));
        Assert.Equal([second], await List("?limit=1"));
        Assert.Equal([first], await List("?status=Cancelled"));
        Assert.Empty(await List("?customerId=nobody"));
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=501")]
    [InlineData("?status=Lost")]
    public async Task a_filter_that_cannot_be_is_refused(string query)
    {
        using var response = await _shop.Http.GetAsync($"/orders{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task the_service_says_that_it_is_well(string path)
    {
        using var response = await _shop.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task its_openapi_document_names_every_operation()
    {
        using var document = JsonDocument.Parse(await _shop.Http.GetStringAsync("/openapi/v1.json"));

        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name}"));

        Assert.Equal(
            ["get /orders", "get /orders/{id}", "post /orders", "post /orders/{id}/cancel"],
            operations.Where(o => o.Contains("/orders")).Order(StringComparer.Ordinal));
    }

    private async Task<IEnumerable<Guid>> List(string query) =>
        (await _shop.Http.GetFromJsonAsync<List<OrderView>>($"/orders{query}", Shop.Json))!.Select(o => o.OrderId);
}
