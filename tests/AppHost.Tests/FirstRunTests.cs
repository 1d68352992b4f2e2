using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AppHost.Tests;

public sealed class FirstRunTests
{
    [Fact]
    public async Task the_printed_order_is_confirmed_and_an_interrupt_leaves_no_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are listed from /proc.");
        await using var host = new AppHostProcess("--ports", "random");
        TestContext.Current.TestOutputHelper?.WriteLine(await host.LineAsync("All healthy after"));
        var curl = (await host.LineAsync("curl -i")).Split('\'');
        using var client = new HttpClient { BaseAddress = new Uri(curl[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]) };

        using var order = new HttpRequestMessage(HttpMethod.Post, client.BaseAddress)
        {
            Headers = { { "Idempotency-Key", curl[1].Split(": ")[1] } },
            Content = new StringContent(curl[5], Encoding.UTF8, "application/json"),
        };
        var started = Stopwatch.GetTimestamp();
        using var accepted = await client.SendAsync(order, AppHostProcess.Deadline);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        Assert.Equal("Confirmed", await FinalStatusAsync(client, accepted.Headers.Location!));
        TestContext.Current.TestOutputHelper?.WriteLine($"Confirmed {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms after its POST");
        Assert.Equal(6, host.Processes().Count);

        host.Signal(AppHostProcess.Interrupt);

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Empty(host.Processes());
    }

    private static async Task<string> FinalStatusAsync(HttpClient client, Uri order)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        string status;
        do
        {
            await poll.WaitForNextTickAsync(AppHostProcess.Deadline);
            status = (await client.GetFromJsonAsync<JsonElement>(order, AppHostProcess.Deadline)).GetProperty("status").GetString()!;
        }
        while (status is not ("Confirmed" or "Rejected" or "Cancelled" or "Expired"));
        return status;
    }
}
