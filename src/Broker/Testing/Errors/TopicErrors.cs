using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Testing.Errors;

/// <summary>Answers to requests about topics and their settings.</summary>
internal static class TopicErrors
{
    public static IReadOnlyList<ErrorAnswer> Answers { get; } =
    [
        ErrorAnswer.For<MetadataRequest>(Metadata),
        ErrorAnswer.For<CreateTopicsRequest>((request, error) => new CreateTopicsResponse
        {
            Topics = [.. request.Topics.Select(topic => new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, ErrorCode = error })],
        }),
        ErrorAnswer.For<DeleteTopicsRequest>(DeleteTopics),
        ErrorAnswer.For<CreatePartitionsRequest>((request, error) => new CreatePartitionsResponse
        {
            Results = [.. request.Topics.Select(topic => new CreatePartitionsResponse.CreatePartitionsTopicResult { Name = topic.Name, ErrorCode = error })],
        }),
        ErrorAnswer.For<DescribeTopicPartitionsRequest>((request, error) => new DescribeTopicPartitionsResponse
        {
            Topics = [.. request.Topics.Select(topic => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
            {
                Name = topic.Name,
                ErrorCode = error,
            })],
        }),
        ErrorAnswer.For<DescribeConfigsRequest>((request, error) => new DescribeConfigsResponse
        {
            Results = [.. request.Resources.Select(r => new DescribeConfigsResponse.DescribeConfigsResult
            {
                ErrorCode = error,
                ResourceType = r.ResourceType,
                ResourceName = r.ResourceName,
            })],
        }),
        ErrorAnswer.For<AlterConfigsRequest>((request, error) => new AlterConfigsResponse
        {
            Responses = [.. request.Resources.Select(r => new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = error,
                ResourceType = r.ResourceType,
                ResourceName = r.ResourceName,
            })],
        }),
        ErrorAnswer.For<IncrementalAlterConfigsRequest>((request, error) => new IncrementalAlterConfigsResponse
        {
            Responses = [.. request.Resources.Select(r => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = error,
                ResourceType = r.ResourceType,
                ResourceName = r.ResourceName,
            })],
        }),
    ];

    /// <summary>Brokers are left out: a client that asks for no topic, or for all, has nothing else to read the error from.</summary>
    private static MetadataResponse Metadata(MetadataRequest request, ErrorCode error) => new()
    {
        ErrorCode = error,
        Topics = [.. (request.Topics ?? []).Select(topic => new MetadataResponse.MetadataResponseTopic
        {
            ErrorCode = error,
            Name = topic.Name ?? "",
            TopicId = topic.TopicId,
        })],
    };

    private static DeleteTopicsResponse DeleteTopics(DeleteTopicsRequest request, ErrorCode error)
    {
        var asked = request.Topics.Concat(request.TopicNames.Select(name => new DeleteTopicsRequest.DeleteTopicState { Name = name }));
        return new()
        {
            Responses = [.. asked.Select(topic => new DeleteTopicsResponse.DeletableTopicResult
            {
                Name = topic.Name,
                TopicId = topic.TopicId,
                ErrorCode = error,
            })],
        };
    }
}
