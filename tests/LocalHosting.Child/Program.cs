using System.Diagnostics;
using System.Runtime.InteropServices;

// A process that tests start and observe from outside. It does what its arguments say.
if (args is ["end-with", var code])
{
    Console.WriteLine("a line to standard output");
    Console.Error.WriteLine("a line to standard error");
    return int.Parse(code);
}

var builder = WebApplication.CreateBuilder();
builder.AddServiceDefaults();
if (args.Contains("ignore-sigterm"))
{
    builder.Services.AddSingleton<IHostLifetime, DeafLifetime>();
}

var app = builder.Build();

var healthy = !args.Contains("unhealthy");
using var deaf = args.Contains("ignore-sigterm") ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true) : null;
using var grandchild = args.Contains("with-grandchild") ? Process.Start("sleep", "600") : null;

app.MapDefaultEndpoints();
app.MapGet("/ready", () => healthy ? Results.Ok() : Results.StatusCode(503));
app.MapPost("/recover", () => healthy = true);
app.MapGet("/environment", () => Environment.GetEnvironmentVariables());
app.MapGet("/arguments", () => args);
app.MapGet("/grandchild", () => grandchild!.Id);
app.MapPost("/end/{code:int}", (int code) => Environment.Exit(code));

await app.RunAsync();
return 0;

internal sealed class DeafLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
