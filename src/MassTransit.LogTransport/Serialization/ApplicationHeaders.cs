using System.Collections;

namespace MassTransit.LogTransport.Serialization;

/// <summary>Every header can be asked for by name; only the application's own are listed, since those listed are copied to forwarded messages.</summary>
internal sealed class ApplicationHeaders(Headers headers) :
    Headers
{
    public IEnumerable<KeyValuePair<string, object>> GetAll() => headers.GetAll().Where(x => !RecordHeaderNames.IsOfThisMessageOnly(x.Key));

    public bool TryGetHeader(string key, out object value) => headers.TryGetHeader(key, out value!);

    public T? Get<T>(string key, T? defaultValue = default)
        where T : class
    {
        return headers.Get(key, defaultValue);
    }

    public T? Get<T>(string key, T? defaultValue = null)
        where T : struct
    {
        return headers.Get(key, defaultValue);
    }

    public IEnumerator<HeaderValue> GetEnumerator() => GetAll().Select(x => new HeaderValue(x.Key, x.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
