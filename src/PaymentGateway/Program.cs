using PaymentGateway;

await PaymentGatewayApp.Build(args).RunAsync();
