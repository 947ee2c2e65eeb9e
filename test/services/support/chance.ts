/** Chooses a share of calls, evenly: with 25 percent each fourth. The same calls give the same choices in every run. */
export class Chance {
    private readonly sums = new Map<string, number>();

    public of(name: string, percent: number): boolean {
        const sum = (this.sums.get(name) ?? 0) + percent;
        this.sums.set(name, sum >= 100 ? sum - 100 : sum);
        return sum >= 100;
    }
}
