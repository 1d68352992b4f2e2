using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Questions and their answers.</summary>
public sealed class Requests : Behaviours
{
    [Theory, EveryTransport]
    public async Task each_request_gets_its_own_response(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("answers", e => e.Handler<Ask>(x => x.RespondAsync(new Answer(x.Message.Question + "!")))));
        var client = app.Bus.CreateRequestClient<Ask>(Deadline.Limit);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async x => (await client.GetResponse<Answer>(new Ask($"{x}"))).Message.Text));

        Assert.Equal(Enumerable.Range(0, 10).Select(x => $"{x}!"), answers);
    }

    [Theory, EveryTransport]
    public async Task a_request_goes_to_the_address_its_client_was_made_for(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("answers", e =>
        {
            e.ConfigureConsumeTopology = false;
            e.Handler<Ask>(x => x.RespondAsync(new Answer("there")));
        }));

        var answer = await app.Bus.CreateRequestClient<Ask>(new Uri("queue:answers"), Deadline.Limit).GetResponse<Answer>(new Ask("?"));

        Assert.Equal("there", answer.Message.Text);
    }

    [Theory, EveryTransport]
    public async Task a_response_may_be_one_of_several_types_and_the_consumer_knows_which_are_accepted(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("answers", e => e.Handler<Ask>(x =>
            x.IsResponseAccepted<Refusal>() ? x.RespondAsync(new Refusal("no")) : x.RespondAsync(new Answer("yes")))));
        var client = app.Bus.CreateRequestClient<Ask>(Deadline.Limit);

        var either = await client.GetResponse<Answer, Refusal>(new Ask("?"));
        var one = await client.GetResponse<Answer>(new Ask("?"));

        Assert.True(either.Is(out Response<Refusal>? refusal));
        Assert.Equal("no", refusal.Message.Reason);
        Assert.Equal("yes", one.Message.Text);
    }

    [Theory, EveryTransport]
    public async Task a_request_whose_consumer_fails_fails_with_its_fault(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("answers", e => e.Handler<Ask>(_ => throw new InvalidOperationException("no idea"))));

        var failed = await Assert.ThrowsAsync<RequestFaultException>(() => app.Bus.CreateRequestClient<Ask>(Deadline.Limit).GetResponse<Answer>(new Ask("?")));

        Assert.Equal("no idea", failed.Fault!.Exceptions.Single().Message);
    }

    [Theory, EveryTransport]
    public async Task a_request_that_nobody_answers_ends_when_its_time_is_over(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("silent", e => e.Handler<Ask>(_ => Task.CompletedTask)));

        await Assert.ThrowsAsync<RequestTimeoutException>(() => app.Bus.CreateRequestClient<Ask>(TimeSpan.FromMilliseconds(300)).GetResponse<Answer>(new Ask("?")));
    }

    [Theory, EveryTransport]
    public async Task a_request_that_its_caller_gives_up_is_cancelled(Transport transport)
    {
        var asked = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("silent", e => e.Handler<Ask>(x => Take(asked, x.Message.Question))));
        using var giveUp = new CancellationTokenSource();

        var answer = app.Bus.CreateRequestClient<Ask>(Deadline.Limit).GetResponse<Answer>(new Ask("?"), giveUp.Token);
        await asked.Next();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Theory, EveryTransport]
    public async Task a_consumer_may_ask_another_before_it_answers(Transport transport)
    {
        await using var app = await Start(transport, x => x.AddConsumer<FrontConsumer>(),
            (_, cfg) => cfg.ReceiveEndpoint("back", e => e.Handler<Ask>(x => x.RespondAsync(new Answer("from the back")))));

        var response = await app.Bus.CreateRequestClient<Step>(Deadline.Limit).GetResponse<Answer>(new Step("a", 1));

        Assert.Equal("from the back", response.Message.Text);
    }

    private sealed class FrontConsumer(IRequestClient<Ask> back) : IConsumer<Step>
    {
        public async Task Consume(ConsumeContext<Step> context) =>
            await context.RespondAsync((await back.GetResponse<Answer>(new Ask("?"), context.CancellationToken)).Message);
    }
}
