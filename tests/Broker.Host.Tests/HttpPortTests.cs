using System.Net;
using Broker.Host.Configuration;
using Broker.Host.Http;
using Broker.Host.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Host.Tests;

public sealed class HttpPortTests
{
    [Fact]
    public async Task before_the_broker_serves_it_is_alive_and_not_healthy()
    {
        await using var port = await HttpPort.OpenAsync(new HttpAddress("127.0.0.1", 0), NullLoggerFactory.Instance);
        using var http = new HttpClient { BaseAddress = new Uri(port.Address) };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health")).StatusCode);
        await RestBroker.ReadAsync(await http.GetAsync("/topics"), HttpStatusCode.ServiceUnavailable);
    }
}
