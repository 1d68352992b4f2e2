using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Contracts;
using ServiceTests;

namespace InventoryService.Tests;

public sealed class StockApiTests
{
    [Fact]
    public async Task every_product_of_the_catalogue_has_a_shelf_and_a_first_level()
    {
        await using ServiceUnderTest inventory = await Inventory.Start();

        JsonElement[] stock = (await inventory.Http.GetFromJsonAsync<JsonElement[]>("/stock"))!;
        await inventory.Heard<StockLevelChanged>(ProductCatalogue.Products.Count);

        Assert.Equal(ProductCatalogue.Products.Select(product => product.Sku).Order(StringComparer.Ordinal),
            stock.Select(item => item.GetProperty("sku").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(stock, item => Assert.True(item.GetProperty("available").GetInt32() > 0));
        Assert.All(inventory.Of<StockLevelChanged>(), level => Assert.Equal(1, level.Version));
    }

    [Fact]
    public async Task one_sku_is_shown_with_its_name()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Mug, 7));

        var mug = await inventory.Http.GetFromJsonAsync<JsonElement>($"/stock/{Inventory.Mug}");

        Assert.Equal("Mug, blue", mug.GetProperty("name").GetString());
        Assert.Equal(7, mug.GetProperty("onHand").GetInt32());
        Assert.Equal(0, mug.GetProperty("reserved").GetInt32());
    }

    [Fact]
    public async Task a_delivery_raises_the_level_and_says_so()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Mug, 7));

        HttpResponseMessage response = await inventory.Http.PostAsJsonAsync($"/stock/{Inventory.Mug}/receive", new { quantity = 5 });
        await inventory.Until(events => events.Any(published => published.Message is StockLevelChanged { Sku: Inventory.Mug, Version: 2 }));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(12, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("onHand").GetInt32());
        Assert.Equal((12, 0), inventory.Level(Inventory.Mug));
    }

    [Fact]
    public async Task a_short_order_is_possible_after_a_delivery()
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Mug, 1));
        await inventory.Publish(Inventory.Order((Inventory.Mug, 2)));
        await inventory.Heard<StockRejected>();

        await inventory.Http.PostAsJsonAsync($"/stock/{Inventory.Mug}/receive", new { quantity = 1 });
        await inventory.Publish(Inventory.Order((Inventory.Mug, 2)));
        await inventory.Heard<StockReserved>();

        Assert.Equal((2, 2), inventory.Level(Inventory.Mug));
    }

    [Theory]
    [InlineData("/stock/NO-SUCH/receive", """{"quantity":1}""", HttpStatusCode.NotFound, "NO-SUCH")]
    [InlineData("/stock/MUG-BLUE/receive", """{"quantity":0}""", HttpStatusCode.UnprocessableEntity, "quantity is 0")]
    [InlineData("/stock/MUG-BLUE/receive", """{"quantity":-3}""", HttpStatusCode.UnprocessableEntity, "quantity is -3")]
    [InlineData("/stock/MUG-BLUE/receive", """{"quantity":1000001}""", HttpStatusCode.UnprocessableEntity, "1000000")]
    [InlineData("/stock/MUG-BLUE/receive", """{"quantity":"many"}""", HttpStatusCode.BadRequest, "quantity")]
    [InlineData("/stock/MUG-BLUE/receive", "{", HttpStatusCode.BadRequest, "JSON")]
    public async Task a_refused_delivery_says_why_and_moves_nothing(string path, string body, HttpStatusCode status, string reason)
    {
        await using ServiceUnderTest inventory = await Inventory.Start((Inventory.Mug, 7));

        HttpResponseMessage response = await inventory.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        Assert.Equal((7, 0), inventory.Level(Inventory.Mug));
    }

    [Fact]
    public async Task an_unknown_sku_is_not_found_with_a_reason()
    {
        await using ServiceUnderTest inventory = await Inventory.Start();

        HttpResponseMessage response = await inventory.Http.GetAsync("/stock/NO-SUCH");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("NO-SUCH", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/openapi/v1.json")]
    public async Task the_usual_pages_are_there(string path)
    {
        await using ServiceUnderTest inventory = await Inventory.Start();

        Assert.Equal(HttpStatusCode.OK, (await inventory.Http.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("--InitialStock:NO-SUCH=1", "NO-SUCH")]
    [InlineData("--InitialStock:MUG-BLUE=-1", "MUG-BLUE")]
    [InlineData("--InitialStock:MUG-BLUE=some", "MUG-BLUE")]
    public async Task unusable_initial_stock_stops_the_start(string setting, string named)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => ServiceUnderTest.StartAsync(
            (args, transport) => InventoryServiceApp.Build(args, transport), static (_, _) => { }, settings: setting));

        Assert.Contains(named, refusal.Message);
    }
}
