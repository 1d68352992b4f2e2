using InventoryService;

await InventoryServiceApp.Build(args).RunAsync();
