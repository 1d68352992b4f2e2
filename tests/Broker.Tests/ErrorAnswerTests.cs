using System.Net;
using System.Reflection;
using Broker.Apis;
using Broker.Protocol;
using Broker.Testing;
using Broker.Testing.Errors;
using TestBroker = Broker.Tests.Support.TestBroker;

namespace Broker.Tests;

public sealed class ErrorAnswerTests
{
    [Fact]
    public async Task every_api_that_is_served_can_be_made_to_fail_in_every_version()
    {
        await using var broker = await TestBroker.StartAsync();

        foreach (var api in broker.Server.Apis.Rows)
        {
            Assert.True(ErrorAnswers.Exist(api.Key), $"{api.Key} has no row in ErrorAnswers");
            Check.MakeGenericMethod(api.GetType().GetGenericArguments()).Invoke(null, [api]);
        }
    }

    [Fact]
    public async Task an_api_without_an_error_is_refused_when_the_rule_is_made()
    {
        await using var broker = await TestBroker.StartAsync();

        var refused = Assert.Throws<NotSupportedException>(() => broker.Server.Control.On(ApiKey.LeaderAndIsr).Answer(ErrorCode.UnknownServerError));

        Assert.Contains("LeaderAndIsr", refused.Message, StringComparison.Ordinal);
    }

    private static readonly MethodInfo Check = typeof(ErrorAnswerTests).GetMethod(nameof(CheckVersions), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static void CheckVersions<TRequest, TResponse>(Api api)
        where TRequest : IRequest<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        for (var version = api.Versions.Min; version <= api.Versions.Max; version++)
        {
            using var sent = new FrameBuffer();
            Frame.WriteRequest(sent, version, 1, "test", new TRequest());
            var header = new RequestHeader(api.Key, version, 1, "test");
            var made = ErrorAnswers.To(
                new ControlledRequest(header, sent.Written[Frame.LengthSize..].ToArray(), IPAddress.Loopback), ErrorCode.UnknownServerError);
            if (made == ErrorAnswers.CloseInstead)
                continue;

            using var answer = new FrameBuffer();
            Frame.WriteResponse(answer, api.Key, version, 1, (TResponse)made);
            var reader = new ProtocolReader(answer.Written[Frame.LengthSize..].ToArray());
            ResponseHeader.Read(ref reader, api.Key, version);
            TResponse.Read(ref reader, version);
            Assert.False(reader.Failed || reader.Remaining > 0, $"{api.Key} v{version}");
        }
    }
}
