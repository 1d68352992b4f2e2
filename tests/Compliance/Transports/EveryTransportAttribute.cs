using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Compliance.Transports;

/// <summary>Runs a behaviour over every transport that has what it needs. What others lack instead stands on the page of behaviours.</summary>
/// <param name="needs">What not every transport has.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryTransportAttribute(params Capability[] needs) : DataAttribute
{
    public IReadOnlyList<Capability> Needs => needs;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var longToo = Environment.GetEnvironmentVariable("LONG_TESTS") == "1";
        var rows = TransportsUnderTest.All
            .Where(transport => !needs.Any(transport.Value.Lacks.ContainsKey))
            .Select(transport => Row(transport.Key, longToo || !transport.Value.IsLong))
            .ToList();

        return new(rows);
    }

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow<Transport> Row(Transport transport, bool runs)
    {
        var row = new TheoryDataRow<Transport>(transport) { Skip = runs ? null : "long test: set LONG_TESTS=1" };
        row.Traits.Add(nameof(Transport), [$"{transport}"]);
        return row;
    }
}
