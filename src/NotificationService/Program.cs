using NotificationService;

await NotificationServiceApp.Build(args).RunAsync();
