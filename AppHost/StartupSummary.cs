using Microsoft.Extensions.Hosting;

namespace AppHost;

/// <summary>Says, once all processes are healthy, where each is, and how to place a first order.</summary>
internal sealed class StartupSummary(DistributedApplicationModel model, ResourceNotificationService notifications) : BackgroundService
{
    private readonly long _started = TimeProvider.System.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var healthy = new List<ResourceEvent>();
        try
        {
            foreach (var process in model.Resources.OfType<ProjectResource>())
            {
                healthy.Add(await notifications.WaitForResourceHealthyAsync(process.Name, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        var seconds = TimeProvider.System.GetElapsedTime(_started).TotalSeconds;
        Console.WriteLine(string.Join(Environment.NewLine, [
            "",
            .. Table.Lines(["resource", "state", "address", "log file"], healthy.ConvertAll(Row)),
            "",
            FormattableString.Invariant($"All healthy after {seconds:0.0} s. Place a first order, and see what it became:"),
            "",
            .. FirstOrder(Address(healthy, "order-service", "http"), await BrokersAsync(stoppingToken)),
            "",
            "Ctrl-C stops everything."]));
    }

    private static string[] Row(ResourceEvent process) =>
    [
        process.Resource.Name,
        process.Snapshot.HealthStatus.ToString() ?? "",
        string.Join(' ', process.Snapshot.Urls.Select(url => WithoutTcp(url.Url))),
        process.Snapshot.Properties.FirstOrDefault(property => property.Name == "log.file")?.Value as string ?? "see the dashboard",
    ];

    private static IEnumerable<string> FirstOrder(string orders, string? brokers) =>
    [
        $"""  curl -i {orders}/orders -H 'Idempotency-Key: first-order' -H 'Content-Type: application/json' -d '{"{"}"customerId":"first-customer","lines":[{"{"}"sku":"MUG-BLUE","quantity":1{"}"}],"paymentToken":"tok_ok"{"}"}'""",
        $"  curl '{orders}/orders?customerId=first-customer'",
        $"  kcat -b {brokers} -C -t orders -o beginning -e",
    ];

    private async Task<string?> BrokersAsync(CancellationToken stoppingToken) =>
        await model.Resources.OfType<IResourceWithConnectionString>().Single().GetConnectionStringAsync(stoppingToken);

    private static string Address(List<ResourceEvent> processes, string resource, string endpoint) =>
        WithoutTcp(processes.Single(process => process.Resource.Name == resource).Snapshot.Urls.First(url => url.Name == endpoint).Url);

    private static string WithoutTcp(string url) => url.Replace("tcp://", "", StringComparison.Ordinal);
}
