using System.Globalization;
using System.Text.Json;

namespace Broker.Host.Tests.Support;

/// <summary>Checks JSON against the part of JSON Schema that the OpenAPI document uses; a keyword it does not know is a fault of the document.</summary>
internal sealed class JsonSchema(JsonElement document)
{
    private static readonly string[] OfNoConcern = ["description", "default", "example", "contentEncoding"];

    /// <summary>What is wrong, each with its place; empty when nothing is.</summary>
    public IEnumerable<string> Check(JsonElement schema, JsonElement value, string at = "$") =>
        schema.EnumerateObject().Where(k => !OfNoConcern.Contains(k.Name)).SelectMany(keyword => keyword.Name switch
        {
            "$ref" => Check(Resolve(keyword.Value.GetString()!), value, at),
            "type" => If(!HasType(keyword.Value, value), $"{at} is {value.ValueKind}, not {keyword.Value}"),
            "properties" => value.ValueKind != JsonValueKind.Object ? [] : keyword.Value.EnumerateObject().SelectMany(
                p => value.TryGetProperty(p.Name, out var inner) ? Check(p.Value, inner, $"{at}.{p.Name}") : []),
            "required" => keyword.Value.EnumerateArray().SelectMany(
                name => If(value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(name.GetString()!, out _), $"{at} has no {name}")),
            "additionalProperties" => Additional(schema, keyword.Value, value, at),
            "items" => value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray().SelectMany((item, i) => Check(keyword.Value, item, $"{at}[{i}]")),
            "oneOf" => keyword.Value.EnumerateArray().Count(s => !Check(s, value, at).Any()) is var fitting && fitting == 1
                ? []
                : [$"{at} fits {fitting} of {keyword.Value.GetArrayLength()} schemas: {value}"],
            "enum" => If(keyword.Value.EnumerateArray().All(e => !JsonElement.DeepEquals(e, value)), $"{at} is none of {keyword.Value}"),
            "minimum" => If(value.ValueKind == JsonValueKind.Number && value.GetDecimal() < keyword.Value.GetDecimal(), $"{at} is less than {keyword.Value}"),
            "maximum" => If(value.ValueKind == JsonValueKind.Number && value.GetDecimal() > keyword.Value.GetDecimal(), $"{at} is more than {keyword.Value}"),
            "minItems" => If(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() < keyword.Value.GetInt32(), $"{at} has less than {keyword.Value} items"),
            "maxItems" => If(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > keyword.Value.GetInt32(), $"{at} has more than {keyword.Value} items"),
            "format" => If(!HasFormat(keyword.Value.GetString()!, value), $"{at} is no {keyword.Value}: {value}"),
            var unknown => [$"{at}: the keyword {unknown} is not checked"],
        });

    private IEnumerable<string> Additional(JsonElement schema, JsonElement additional, JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return [];

        var others = value.EnumerateObject().Where(p => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(p.Name, out _));
        return additional.ValueKind == JsonValueKind.False
            ? others.Select(p => $"{at} has a {p.Name}")
            : others.SelectMany(p => Check(additional, p.Value, $"{at}.{p.Name}"));
    }

    private JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (element, name) => element.GetProperty(name));

    private static bool HasType(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(t => HasType(t, value))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "null" => value.ValueKind == JsonValueKind.Null,
            var other => throw new InvalidDataException($"There is no type {other}."),
        };

    private static bool HasFormat(string format, JsonElement value) => format switch
    {
        "int32" => value.ValueKind != JsonValueKind.Number || value.TryGetInt32(out _),
        "int64" => value.ValueKind != JsonValueKind.Number || value.TryGetInt64(out _),
        "uuid" => value.ValueKind != JsonValueKind.String || value.TryGetGuid(out _),
        "date-time" => value.ValueKind != JsonValueKind.String
            || DateTimeOffset.TryParseExact(value.GetString(), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) || value.TryGetDateTimeOffset(out _),
        _ => throw new InvalidDataException($"There is no format {format}."),
    };

    private static string[] If(bool wrong, string what) => wrong ? [what] : [];
}
