namespace MassTransit.LogTransport.Tests;

public sealed class AddressTests
{
    private static readonly Uri Host = new("log://broker:9092/");
    private static readonly Uri PrefixedHost = new("log://broker:9092/staging.");

    [Theory]
    [InlineData("queue:order-saga", "log://broker:9092/order-saga")]
    [InlineData("topic:orders", "log://broker:9092/orders?type=topic")]
    [InlineData("exchange:orders", "log://broker:9092/orders?type=topic")]
    [InlineData("log://broker:9092/order-saga", "log://broker:9092/order-saga")]
    [InlineData("log://127.0.0.1/order-saga", "log://broker:9092/order-saga")]
    [InlineData("log://broker:9092/app-replies?instance=a1", "log://broker:9092/app-replies?instance=a1")]
    public void every_form_of_an_address_becomes_the_full_one(string given, string expected)
    {
        Assert.Equal(expected, new LogEndpointAddress(Host, new Uri(given)).ToUri().ToString());
    }

    [Fact]
    public void a_prefix_is_part_of_the_topic_and_a_segment_of_the_address()
    {
        var address = new LogEndpointAddress(PrefixedHost, new Uri("queue:order-saga"));

        Assert.Equal("staging.order-saga", address.Topic);
        Assert.Equal("log://broker:9092/staging./order-saga", address.ToUri().ToString());
        Assert.Equal(address.Topic, new LogEndpointAddress(Host, address.ToUri()).Topic);
    }

    [Theory]
    [InlineData("rabbitmq://broker/orders")]
    [InlineData("queue:bad name")]
    [InlineData("log://broker/a/b/c")]
    public void an_address_that_names_no_topic_is_refused(string given)
    {
        Assert.Throws<ArgumentException>(() => new LogEndpointAddress(Host, new Uri(given)));
    }
}
