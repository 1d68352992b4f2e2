using Broker.Connections;

namespace Broker.Tests.Connections;

public sealed class RequestBudgetTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RequestBudget _budget = new(limit: 100);

    [Fact]
    public void what_fits_is_granted_at_once_and_given_back_whole()
    {
        var (a, b) = (new RequestReservation(), new RequestReservation());

        Assert.True(Reserve(a, 40).IsCompletedSuccessfully);
        Assert.True(Reserve(b, 30).IsCompletedSuccessfully);
        Assert.True(Reserve(a, 30).IsCompletedSuccessfully);
        Assert.Equal((70, 30, 100), (a.Bytes, b.Bytes, _budget.Used));

        _budget.Release(a);
        Assert.Equal((0, 30), (a.Bytes, _budget.Used));
    }

    [Fact]
    public async Task one_goes_beyond_and_the_others_wait_the_first_first()
    {
        var (beyond, first, second) = (new RequestReservation(), new RequestReservation(), new RequestReservation());
        Assert.True(Reserve(beyond, 150).IsCompletedSuccessfully);
        var firstWait = Reserve(first, 60).AsTask();
        var secondWait = Reserve(second, 60).AsTask();

        // Who went beyond gets what it still needs, before all who wait.
        Assert.True(Reserve(beyond, 50).IsCompletedSuccessfully);
        Assert.False(firstWait.IsCompleted);

        _budget.Release(beyond);
        await firstWait.WaitAsync(Patience);
        await secondWait.WaitAsync(Patience);
        Assert.Equal(120, _budget.Used);

        // Now the second is the one beyond.
        var third = Reserve(new RequestReservation(), 1).AsTask();
        Assert.False(third.IsCompleted);
        _budget.Release(first);
        await third.WaitAsync(Patience);
    }

    [Fact]
    public async Task who_would_fit_does_not_overtake_who_waits()
    {
        var (beyond, held, large, small) = (new RequestReservation(), new RequestReservation(), new RequestReservation(), new RequestReservation());
        await Reserve(held, 50);
        await Reserve(beyond, 60);
        var largeWait = Reserve(large, 90).AsTask();
        _budget.Release(held);
        var smallWait = Reserve(small, 10).AsTask();

        Assert.False(largeWait.IsCompleted);
        Assert.False(smallWait.IsCompleted);

        _budget.Release(beyond);
        await largeWait.WaitAsync(Patience);
        await smallWait.WaitAsync(Patience);
    }

    [Fact]
    public async Task two_halves_do_not_wait_for_each_other()
    {
        var (a, b) = (new RequestReservation(), new RequestReservation());
        await Reserve(a, 50);
        await Reserve(b, 50);

        Assert.True(Reserve(a, 50).IsCompletedSuccessfully);
        var waiting = Reserve(b, 50).AsTask();
        Assert.False(waiting.IsCompleted);

        _budget.Release(a);
        await waiting.WaitAsync(Patience);
        Assert.Equal(100, b.Bytes);
    }

    [Fact]
    public async Task who_gives_up_is_passed_over()
    {
        var (beyond, gone, next) = (new RequestReservation(), new RequestReservation(), new RequestReservation());
        await Reserve(beyond, 150);
        using var end = new CancellationTokenSource();
        var leaving = _budget.ReserveAsync(gone, 500, end.Token).AsTask();
        var waiting = Reserve(next, 10).AsTask();

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _budget.Release(gone);
        Assert.False(waiting.IsCompleted);
        _budget.Release(beyond);
        await waiting.WaitAsync(Patience);

        Assert.Equal((0, 10), (gone.Bytes, _budget.Used));
    }

    private ValueTask Reserve(RequestReservation reservation, long bytes) => _budget.ReserveAsync(reservation, bytes, CancellationToken.None);
}
