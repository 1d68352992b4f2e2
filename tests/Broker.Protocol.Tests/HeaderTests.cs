using Broker.Protocol.Messages;

namespace Broker.Protocol.Tests;

/// <summary>The expected bytes are those of Apache Kafka's own classes.</summary>
public class HeaderTests
{
    [Theory]
    [InlineData(ApiKey.Fetch, 11, "0001000b0000000700087265616465722d31")]
    [InlineData(ApiKey.Fetch, 12, "0001000c0000000700087265616465722d3100")]
    [InlineData(ApiKey.ApiVersions, 0, "001200000000000700087265616465722d31")]
    [InlineData(ApiKey.ApiVersions, 3, "001200030000000700087265616465722d3100")]
    [InlineData(ApiKey.OffsetDelete, 0, "002f00000000000700087265616465722d31")]
    public void a_request_header_carries_a_plain_client_id_and_tagged_fields_when_flexible(ApiKey key, short version, string hex)
    {
        var header = new RequestHeader(key, version, 7, "reader-1");
        using var buffer = new FrameBuffer();

        header.Write(buffer);
        var reader = new ProtocolReader(Convert.FromHexString(hex));

        Assert.Equal(hex, Convert.ToHexStringLower(buffer.Written.Span));
        Assert.Equal(header, RequestHeader.Read(ref reader));
        Assert.Equal(0, reader.Remaining);
        Assert.False(reader.Failed);
        Assert.Equal(key.IsFlexible(version), reader.Flexible);
    }

    [Theory]
    [InlineData(ApiKey.Fetch, 11, "00000007")]
    [InlineData(ApiKey.Fetch, 12, "0000000700")]
    [InlineData(ApiKey.ApiVersions, 0, "00000007")]
    [InlineData(ApiKey.ApiVersions, 3, "00000007")]
    [InlineData(ApiKey.OffsetDelete, 0, "00000007")]
    public void a_response_header_has_tagged_fields_when_flexible_except_for_api_versions(ApiKey key, short version, string hex)
    {
        using var buffer = new FrameBuffer();

        new ResponseHeader(7).Write(buffer, key, version);
        var reader = new ProtocolReader(Convert.FromHexString(hex));

        Assert.Equal(hex, Convert.ToHexStringLower(buffer.Written.Span));
        Assert.Equal(new ResponseHeader(7), ResponseHeader.Read(ref reader, key, version));
        Assert.Equal(0, reader.Remaining);
        Assert.False(reader.Failed);
    }

    [Fact]
    public void a_header_cut_at_any_byte_fails()
    {
        var bytes = Convert.FromHexString("0001000c0000000700087265616465722d3100");
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = new ProtocolReader(bytes.AsMemory(0, length));
            RequestHeader.Read(ref reader);
            Assert.True(reader.Failed, $"cut at {length}");
        }
    }

    [Fact]
    public void an_unknown_key_and_version_are_reported_as_sent()
    {
        var reader = new ProtocolReader(Convert.FromHexString("03e700630000002affff00"));

        var header = RequestHeader.Read(ref reader);

        Assert.Equal(new RequestHeader((ApiKey)999, 99, 42, null), header);
    }

    [Fact]
    public void a_frame_is_prefixed_with_the_length_of_everything_behind()
    {
        using var buffer = new FrameBuffer();
        var source = new object();
        var response = new FetchResponse
        {
            Responses = [new() { Topic = "t", Partitions = [new() { Records = RecordsSlice.FromSource(source, 1000) }] }],
        };

        Frame.WriteResponse(buffer, ApiKey.Fetch, 11, 7, response);

        Assert.Equal(buffer.Written.Length - Frame.LengthSize + 1000, Frame.ReadLength(buffer.Written.Span));
        Assert.Equal(buffer.Written.Length, Assert.Single(buffer.Records).Position);
        Assert.Throws<InvalidOperationException>(() => Frame.WriteResponse(buffer, ApiKey.Fetch, 11, 7, response));
    }

    [Fact]
    public void a_request_frame_is_read_back()
    {
        using var buffer = new FrameBuffer();
        Frame.WriteRequest(buffer, 4, 9, "me", new ApiVersionsRequest { ClientSoftwareName = "reader", ClientSoftwareVersion = "1.0" });

        var reader = new ProtocolReader(buffer.Written[Frame.LengthSize..].ToArray());
        var header = RequestHeader.Read(ref reader);
        var request = ApiVersionsRequest.Read(ref reader, header.ApiVersion);

        Assert.Equal(new RequestHeader(ApiKey.ApiVersions, 4, 9, "me"), header);
        Assert.Equal("reader", request.ClientSoftwareName);
        Assert.Equal("1.0", request.ClientSoftwareVersion);
        Assert.Equal(0, reader.Remaining);
        Assert.False(reader.Failed);
    }
}
