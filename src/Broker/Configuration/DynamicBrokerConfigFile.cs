using System.Text.Json.Serialization;

namespace Broker.Configuration;

/// <summary>Which brokers a changed setting is for. What is set for this one wins.</summary>
internal enum BrokerScope
{
    AllBrokers,
    ThisBroker,
}

/// <summary>The settings changed while the broker ran.</summary>
internal sealed record DynamicBrokerConfigFile(IReadOnlyDictionary<string, string> AllBrokers, IReadOnlyDictionary<string, string> ThisBroker)
{
    public static DynamicBrokerConfigFile Empty { get; } = new(new Dictionary<string, string>(), new Dictionary<string, string>());

    public IReadOnlyDictionary<string, string> Of(BrokerScope scope) => scope == BrokerScope.ThisBroker ? ThisBroker : AllBrokers;

    public DynamicBrokerConfigFile With(BrokerScope scope, IReadOnlyDictionary<string, string> configs) =>
        scope == BrokerScope.ThisBroker ? this with { ThisBroker = configs } : this with { AllBrokers = configs };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DynamicBrokerConfigFile))]
internal sealed partial class DynamicBrokerConfigJson : JsonSerializerContext;
