namespace MassTransit;

/// <summary>Callbacks that configure what only endpoints over the log have. Over another transport they do nothing.</summary>
public static class LogConfigureEndpointCallbackExtensions
{
    /// <summary>Configures the endpoint of one consumer, saga or activity: <c>AddConsumer&lt;T&gt;().Endpoint(x =&gt; x.AddLogConfigureEndpointCallback(…))</c>.</summary>
    /// <param name="configurator">The endpoint's registration.</param>
    /// <param name="callback">Is given the endpoint.</param>
    public static void AddLogConfigureEndpointCallback(this IEndpointRegistrationConfigurator configurator,
        Action<IRegistrationContext, ILogReceiveEndpointConfigurator> callback)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        ArgumentNullException.ThrowIfNull(callback);

        configurator.AddConfigureEndpointCallback((context, endpoint) =>
        {
            if (endpoint is ILogReceiveEndpointConfigurator log)
                callback(context, log);
        });
    }

    /// <summary>Configures every endpoint that <c>ConfigureEndpoints</c> makes.</summary>
    /// <param name="configurator">The registration, from <c>AddMassTransit</c>.</param>
    /// <param name="callback">Is given the endpoint's name and the endpoint.</param>
    public static void AddLogConfigureEndpointsCallback(this IBusRegistrationConfigurator configurator,
        Action<IRegistrationContext, string, ILogReceiveEndpointConfigurator> callback)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        ArgumentNullException.ThrowIfNull(callback);

        configurator.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (endpoint is ILogReceiveEndpointConfigurator log)
                callback(context, name, log);
        });
    }
}
