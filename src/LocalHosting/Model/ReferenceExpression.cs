using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only once the application has been started.</summary>
public interface IValueProvider
{
    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It is asked for before ports are allocated.</exception>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Text with values in it that are filled in when a resource starts.</summary>
public class ReferenceExpression : IValueProvider
{
    private readonly IReadOnlyList<object> _parts;

    private ReferenceExpression(IReadOnlyList<object> parts) => _parts = parts;

    /// <summary>The values in the text, from left to right.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders => [.. _parts.OfType<IValueProvider>()];

    /// <summary>Makes an expression of an interpolated string: <c>Create($"tcp://{endpoint.Property(EndpointProperty.HostAndPort)}")</c>.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            text.Append(part is IValueProvider value ? await value.GetValueAsync(cancellationToken) : part);
        }

        return text.ToString();
    }

    /// <summary>Collects the parts of an interpolated string; called by the compiler.</summary>
    /// <param name="literalLength">Not used.</param>
    /// <param name="formattedCount">Number of values.</param>
    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        internal List<object> Parts { get; } = new(formattedCount + Math.Min(literalLength, 1));

        /// <summary>Adds text.</summary>
        public readonly void AppendLiteral(string value) => Parts.Add(value);

        /// <summary>Adds text; null adds nothing.</summary>
        public readonly void AppendFormatted(string? value) => Parts.Add(value ?? "");

        /// <summary>Adds a value that is filled in later.</summary>
        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider => Parts.Add(valueProvider);
    }
}
