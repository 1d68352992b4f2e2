namespace PaymentGateway;

internal static class BehaviourApi
{
    public static void MapBehaviour(this IEndpointRouteBuilder routes)
    {
        var behaviour = routes.MapGroup("/behaviour").WithTags("Behaviour");
        behaviour.MapGet("", (BehaviourSwitch current) => current.Current);
        behaviour.MapPut("", Put).Produces<Behaviour>();
    }

    private static IResult Put(Behaviour wanted, BehaviourSwitch current)
    {
        if (wanted.Problems() is { Count: > 0 } problems)
        {
            return Results.ValidationProblem(problems);
        }

        current.Current = wanted;
        return Results.Ok(wanted);
    }
}
