using System.Globalization;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Starting;

/// <summary>What every project gets without asking: the endpoints of its launch profile, and environment variables.</summary>
internal static class ProjectDefaults
{
    private static readonly (string Name, string Value)[] Always =
    [
        ("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory"),
        ("OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EXCEPTION_LOG_ATTRIBUTES", "true"),
        ("OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EVENT_LOG_ATTRIBUTES", "true"),
        ("LOGGING__CONSOLE__FORMATTERNAME", "simple"),
        ("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "true"),
    ];

    private static readonly (string Name, string Value)[] InDevelopment =
    [
        ("OTEL_BLRP_SCHEDULE_DELAY", "1000"),
        ("OTEL_BSP_SCHEDULE_DELAY", "1000"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ("OTEL_TRACES_SAMPLER", "always_on"),
        ("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"),
        ("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true"),
        ("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"),
    ];

    /// <summary>Addresses <c>http://…;https://…;http://…</c> become the endpoints <c>http</c>, <c>https</c> and <c>http2</c>.</summary>
    public static void AddEndpoints(ProjectResource resource, LaunchProfile? profile)
    {
        var perScheme = new Dictionary<string, int>();
        foreach (var url in (profile?.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = new Uri(url);
            var number = perScheme[address.Scheme] = perScheme.GetValueOrDefault(address.Scheme) + 1;
            var name = number == 1 ? address.Scheme : address.Scheme + number.ToString(CultureInfo.InvariantCulture);
            resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, address.Scheme, name: name, port: address.Port) { TargetHost = address.Host });
        }
    }

    public static void AddEnvironment(ProjectResource resource, NamedLaunchProfile? profile, IHostEnvironment environment) =>
        resource.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            var variables = context.EnvironmentVariables;
            foreach (var (name, value) in environment.IsDevelopment() ? [.. Always, .. InDevelopment] : Always)
            {
                variables[name] = value;
            }

            variables["OTEL_SERVICE_NAME"] = resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Random.Shared.GetString("abcdefghijklmnopqrstuvwxyz", 8)}";
            AddAddresses(resource, variables);
            AddLaunchProfile(profile, variables);
        }));

    private static void AddAddresses(ProjectResource resource, Dictionary<string, object> variables)
    {
        var listening = new List<string>();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var reference = new EndpointReference(resource, endpoint.Name);
            if (endpoint.TargetPortEnvironmentVariable is { } variable)
            {
                variables[variable] = reference.Property(EndpointProperty.TargetPort);
            }
            else if (endpoint.UriScheme is "http" or "https")
            {
                listening.Add(reference.Url);
            }

            if (endpoint.UriScheme == "https")
            {
                variables.TryAdd("ASPNETCORE_HTTPS_PORT", reference.Property(EndpointProperty.Port));
            }
        }

        if (listening.Count > 0)
        {
            variables["ASPNETCORE_URLS"] = string.Join(';', listening);
        }
    }

    private static void AddLaunchProfile(NamedLaunchProfile? profile, Dictionary<string, object> variables)
    {
        if (profile is null)
        {
            return;
        }

        variables["DOTNET_LAUNCH_PROFILE"] = profile.Name;
        foreach (var (name, value) in profile.Profile.EnvironmentVariables)
        {
            variables.TryAdd(name, value);
        }
    }
}
