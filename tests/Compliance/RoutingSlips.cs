using Compliance.Support;
using Compliance.Transports;
using MassTransit.Courier.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance;

/// <summary>Activities one after the other, and back when one fails.</summary>
public sealed class RoutingSlips : Behaviours
{
    private readonly Arrivals<string> _done = new();
    private readonly Arrivals<string> _ended = new();

    [Theory, EveryTransport]
    public async Task the_activities_of_a_slip_run_in_order_and_hand_on_their_variables(Transport transport)
    {
        await using var app = await StartTravel(transport);

        await app.Bus.Execute(Slip(12.50m));

        Assert.Equal("completed for 12A", await _ended.Next());
        Assert.Equal(["reserved 12A", "charged for 12A"], await _done.Next(2));
    }

    [Theory, EveryTransport]
    public async Task when_an_activity_fails_those_before_it_are_compensated(Transport transport)
    {
        await using var app = await StartTravel(transport);

        await app.Bus.Execute(Slip(0));

        Assert.Equal("faulted: nothing to pay", await _ended.Next());
        Assert.Equal(["reserved 12A", "released 12A"], await _done.Next(2));
    }

    private Task<BusApp> StartTravel(Transport transport)
    {
        return Start(transport, x =>
        {
            x.AddSingleton(_done);
            x.AddActivity<ReserveActivity, ReserveArguments, ReserveLog>();
            x.AddExecuteActivity<ChargeActivity, ChargeArguments>();
        }, (_, cfg) => cfg.ReceiveEndpoint("travelled", e =>
        {
            e.Handler<RoutingSlipCompleted>(x => Take(_ended, $"completed {x.GetVariable<string>("Ticket")}"));
            e.Handler<RoutingSlipFaulted>(x => Take(_ended, $"faulted: {x.Message.ActivityExceptions.Single().ExceptionInfo.Message}"));
        }));
    }

    private static RoutingSlip Slip(decimal amount)
    {
        var names = DefaultEndpointNameFormatter.Instance;
        var builder = new RoutingSlipBuilder(NewId.NextGuid());
        builder.AddActivity("reserve", new Uri("queue:" + names.ExecuteActivity<ReserveActivity, ReserveArguments>()), new { Seat = "12A" });
        builder.AddActivity("charge", new Uri("queue:" + names.ExecuteActivity<ChargeActivity, ChargeArguments>()), new { Amount = amount });

        return builder.Build();
    }
}
