using Broker.Host;

return await new BrokerProcess(Console.Out, Console.Error).RunAsync(args, Environment.GetEnvironmentVariables());
