import { NoDecision, type Acquirer, type AcquirerCall, type Decision } from "./acquirer.ts";

type Operation = keyof Acquirer;

/** Decisions by the last two digits of the amount in minor units; every other amount is approved. */
export const simulatedRefusals: Readonly<Record<number, { readonly operation: Operation; readonly reason: string }>> = {
    5: { operation: "authorize", reason: "do-not-honor" },
    51: { operation: "authorize", reason: "insufficient-funds" },
    57: { operation: "capture", reason: "not-permitted" },
    58: { operation: "refund", reason: "refund-not-permitted" },
};

/** Last two digits of amounts for which the first call with each key is not answered. */
export const simulatedOutage = 91;

/** Keys whose first call is remembered. */
const maxKeys = 10_000;

/** An acquirer within this process, which moves no money: for stacks without one, and for tests. */
export function simulatedAcquirer(): Acquirer {
    const seen = new Set<string>();
    const decide = (operation: Operation, { idempotencyKey, amountMinor }: AcquirerCall): Decision => {
        const digits = amountMinor % 100;
        if (digits === simulatedOutage && !seen.has(idempotencyKey)) {
            if (seen.size === maxKeys) {
                seen.clear();
            }
            seen.add(idempotencyKey);
            throw new NoDecision("TIMEOUT");
        }
        const refusal = simulatedRefusals[digits];
        return refusal?.operation === operation ? { approved: false, reason: refusal.reason } : { approved: true };
    };
    const decideLater = (operation: Operation) => (call: AcquirerCall) =>
        new Promise<Decision>((resolve) => {
            resolve(decide(operation, call));
        });
    return { authorize: decideLater("authorize"), capture: decideLater("capture"), refund: decideLater("refund") };
}
