using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A connection string under a name, put together from the endpoints of other resources.</summary>
/// <param name="name">A valid resource name; also the default name of the connection for those who refer to it.</param>
/// <param name="connectionStringExpression">How the string is put together.</param>
public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => connectionStringExpression;
}
