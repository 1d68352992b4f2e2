using System.Net;
using System.Text;
using Broker.Host.Configuration;
using Broker.Host.Http;
using Broker.Host.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Host.Tests;

public sealed class CrossSiteTests : IAsyncLifetime
{
    private RestBroker _rest = null!;

    public async ValueTask InitializeAsync()
    {
        _rest = await RestBroker.StartAsync();
        await _rest.Broker.Server.Admin.CreateTopicAsync("t");
    }

    public ValueTask DisposeAsync() => _rest.DisposeAsync();

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    public async Task a_page_of_another_site_cannot_write(string origin)
    {
        using var request = Produce();
        request.Headers.Add("Origin", origin);

        var problem = await RestBroker.ReadAsync(await _rest.Http.SendAsync(request), HttpStatusCode.Forbidden);

        Assert.Equal("header Origin", problem.GetProperty("where").GetString());
        Assert.Equal(0, _rest.Broker.Server.DescribeTopic("t")!.Partitions[0].LogEndOffset);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task a_page_of_this_port_and_a_client_that_is_no_browser_write(string scheme)
    {
        using var ofPage = Produce();
        ofPage.Headers.Add("Origin", $"{scheme}://{_rest.Http.BaseAddress!.Authority}");
        using var ofShell = Produce();

        await RestBroker.ReadAsync(await _rest.Http.SendAsync(ofPage), HttpStatusCode.OK);
        await RestBroker.ReadAsync(await _rest.Http.SendAsync(ofShell), HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8082")]
    [InlineData("localhost.evil.example")]
    [InlineData("10.0.0.1")]
    public async Task a_name_that_was_made_to_lead_here_gets_nothing(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/topics/t/records");
        request.Headers.Host = host;

        var problem = await RestBroker.ReadAsync(await _rest.Http.SendAsync(request), HttpStatusCode.MisdirectedRequest);

        Assert.Equal("header Host", problem.GetProperty("where").GetString());
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8082")]
    [InlineData("broker.localhost")]
    [InlineData("localhost.")]
    [InlineData("127.0.0.2:1")]
    [InlineData("[::1]:8082")]
    public async Task names_of_this_machine_are_answered(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/topics/t");
        request.Headers.Host = host;

        await RestBroker.ReadAsync(await _rest.Http.SendAsync(request), HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_port_that_others_reach_is_answered_by_any_name()
    {
        await using var port = await HttpPort.OpenAsync(new HttpAddress("0.0.0.0", 0), NullLoggerFactory.Instance);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{new Uri(port.Address).Port}/alive");
        request.Headers.Host = "broker.example";

        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(request)).StatusCode);
    }

    /// <summary>What a page may send without asking first.</summary>
    private static HttpRequestMessage Produce() =>
        new(HttpMethod.Post, "/topics/t/records") { Content = new StringContent("x", Encoding.UTF8, "text/plain") };
}
