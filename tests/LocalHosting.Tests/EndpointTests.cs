using System.Net;
using System.Net.Sockets;

namespace LocalHosting.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task a_proxied_endpoint_with_two_equal_ports_is_refused() =>
        await RefusedAsync(child => child.WithEndpoint(port: 21000, targetPort: 21000, name: "x"), "same port");

    [Fact]
    public async Task an_endpoint_without_proxy_with_two_ports_is_refused() =>
        await RefusedAsync(child => child.WithEndpoint(port: 21000, targetPort: 21001, name: "x", isProxied: false), "must be the same");

    [Fact]
    public async Task an_endpoint_without_proxy_without_port_is_refused() =>
        await RefusedAsync(child => child.WithEndpoint(name: "x", isProxied: false), "needs a port");

    [Fact]
    public async Task the_same_name_twice_is_refused()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child").WithEndpoint(name: "x");

        Assert.Throws<DistributedApplicationException>(() => child.WithEndpoint(name: "X"));
    }

    [Fact]
    public async Task the_name_defaults_to_the_scheme_and_the_scheme_to_tcp()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child").WithEndpoint().WithEndpoint(scheme: "amqp");

        Assert.Equal("tcp", child.GetEndpoint("tcp").Scheme);
        Assert.True(child.GetEndpoint("amqp").Exists);
    }

    [Fact]
    public async Task a_handle_may_be_taken_before_the_endpoint_is_declared()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child");
        var later = child.GetEndpoint("later");
        Assert.False(later.Exists);

        child.WithEndpoint(name: "later");

        Assert.True(later.Exists);
        Assert.False(later.IsAllocated);
        Assert.Throws<InvalidOperationException>(() => later.Port);
    }

    [Fact]
    public async Task a_declared_port_is_used_and_parts_of_the_address_can_be_told()
    {
        await using var application = new TestApplication();
        var endpoint = application.AddChild("child").WithEndpoint(port: 21002, name: "kafka", isProxied: false).GetEndpoint("kafka");

        application.Allocate();

        Assert.Equal("tcp://localhost:21002", endpoint.Url);
        Assert.Equal("localhost:21002", await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync());
        Assert.Equal("127.0.0.1", await endpoint.Property(EndpointProperty.IPV4Host).GetValueAsync());
        Assert.Equal("21002", await endpoint.Property(EndpointProperty.TargetPort).GetValueAsync());
    }

    [Fact]
    public async Task a_port_can_be_changed_after_the_launch_profile_has_declared_it()
    {
        await using var application = new TestApplication(args: ["--DcpPublisher:RandomizePorts", "false"]);
        var child = application.AddChild("child").WithEndpoint("http", http => http.Port = 21003);

        application.Allocate();

        Assert.Equal("http://localhost:21003", child.GetEndpoint("http").Url);
    }

    [Fact]
    public async Task endpoints_without_port_get_different_ones_below_those_of_outgoing_connections()
    {
        await using var application = new TestApplication();
        var children = Enumerable.Range(0, 20).Select(i => application.AddChild($"child{i}").GetEndpoint("http")).ToList();

        application.Allocate();

        Assert.Equal(20, children.Select(endpoint => endpoint.Port).Distinct().Count());
        Assert.All(children, endpoint => Assert.InRange(endpoint.Port, 20_000, 31_999));
    }

    [Fact]
    public async Task a_busy_port_is_refused_by_number_and_holder_before_anything_starts()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var application = new TestApplication();
        application.AddChild("child").WithEndpoint(port: port, name: "kafka", isProxied: false);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(application.StartAsync);

        Assert.Contains($"Port {port} of 'child' (kafka)", error.Message);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"pid {Environment.ProcessId}", error.Message);
        }

        Assert.False(application.Notifications.TryGetCurrentState("child", out _));
    }

    [Fact]
    public async Task a_port_declared_for_two_resources_is_refused()
    {
        await using var application = new TestApplication();
        application.AddChild("one").WithEndpoint(port: 21004, name: "x", isProxied: false);
        application.AddChild("two").WithEndpoint(port: 21004, name: "x", isProxied: false);

        var error = Assert.Throws<DistributedApplicationException>(application.Allocate);

        Assert.Contains("'one' (x) and 'two' (x)", error.Message);
    }

    private static async Task RefusedAsync(Action<IResourceBuilder<ProjectResource>> declare, string reason)
    {
        await using var application = new TestApplication();
        declare(application.AddChild("child"));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(application.StartAsync);

        Assert.Contains("'x' of resource 'child'", error.Message);
        Assert.Contains(reason, error.Message);
    }
}
