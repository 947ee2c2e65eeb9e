/** Before or after the effect of a call; afterwards its answer is what is missing. */
export type When = "before" | "after";

/** Holds the first call of a name at a point, and lets all others pass, until it is released. */
export class Hold {
    private wanted: string | undefined;
    private held: { readonly release: () => void } | undefined;

    /** @param point name of the call and when, as `capture after` */
    public set(point: string): void {
        this.wanted = point;
    }

    public get isHolding(): boolean {
        return this.held !== undefined;
    }

    /** Resolves at once, unless this call is the one to hold. */
    public async pass(name: string, when: When): Promise<void> {
        if (this.wanted === `${name} ${when}`) {
            this.wanted = undefined;
            await new Promise<void>((resolve) => {
                this.held = { release: resolve };
            });
        }
    }

    public release(): void {
        this.wanted = undefined;
        this.held?.release();
        this.held = undefined;
    }
}
