using System.Reflection;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Tests;

public sealed class LogMessageTests
{
    /// <summary>The broker's own log and that of storage have names of their own.</summary>
    [Theory]
    [InlineData(typeof(BrokerServer))]
    [InlineData(typeof(PartitionLog))]
    public void each_message_has_an_id_to_itself(Type typeOfAssembly)
    {
        var messages = typeOfAssembly.Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null)
            .ToList();

        Assert.True(messages.Count > 10);
        Assert.Empty(messages.GroupBy(m => m.Message!.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.Name))}"));
    }
}
