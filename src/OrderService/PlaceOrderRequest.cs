using Contracts;

namespace OrderService;

/// <param name="PaymentToken">The customer's means of payment, as the payment provider knows it.</param>
/// <param name="Channel">Where the order was placed; <c>web</c> unless said.</param>
public sealed record PlaceOrderRequest(
    string? CustomerId,
    IReadOnlyList<PlaceOrderLine?>? Lines,
    string? PaymentToken,
    string? Channel = null)
{
    private const int MostLines = 100;
    private const int LargestQuantity = 10_000;
    private const int LongestText = 100;

    /// <returns>What is missing or out of range, by member; empty when the request can be judged.</returns>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>();
        Require(problems, "customerId", CustomerId);
        Require(problems, "paymentToken", PaymentToken);
        if (Channel is { Length: 0 or > LongestText })
        {
            problems["channel"] = [$"must have 1 to {LongestText} characters"];
        }

        if (Lines is not { Count: >= 1 and <= MostLines })
        {
            problems["lines"] = [$"an order has 1 to {MostLines} lines"];
            return problems;
        }

        for (var i = 0; i < Lines.Count; i++)
        {
            Require(problems, $"lines[{i}].sku", Lines[i]?.Sku);
            if (Lines[i] is not { Quantity: >= 1 and <= LargestQuantity })
            {
                problems[$"lines[{i}].quantity"] = [$"must be between 1 and {LargestQuantity}"];
            }
        }

        foreach (var sku in Lines.Select(line => line?.Sku).OfType<string>().CountBy(sku => sku).Where(count => count.Value > 1))
        {
            problems["lines"] = [$"'{sku.Key}' is on more than one line"];
        }

        return problems;
    }

    /// <returns>The SKUs the shop does not sell. Call it on a request without problems.</returns>
    public IReadOnlyList<string> UnknownSkus() =>
        [.. Lines!.Select(line => line!.Sku!).Where(sku => ProductCatalogue.Find(sku) is null)];

    private static void Require(Dictionary<string, string[]> problems, string member, string? value)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Length > LongestText)
        {
            problems[member] = [$"is required, with 1 to {LongestText} characters"];
        }
    }
}

public sealed record PlaceOrderLine(string? Sku, int Quantity);
