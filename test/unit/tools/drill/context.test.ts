import { expect, test } from "@jest/globals";
import {
    deleteAndWait,
    DrillError,
    withRollback,
    waitForValue,
    type DrillContext,
} from "../../../../tools/drill/context.ts";
import { errorNamed, drillContextOn } from "./fakes.ts";

const nothing = { handlers: {}, state: () => ({}) };

test("a wait ends with the value, or, after its time limit, with what was waited for", async () => {
    const { drillContext, waited } = drillContextOn(nothing);
    let asked = 0;
    const answer = waitForValue(drillContext, { condition: "it stands", withinMinutes: 5 }, () => {
        asked += 1;
        return Promise.resolve(asked === 4 ? "yes" : undefined);
    });
    await expect(answer).resolves.toBe("yes");
    expect(waited()).toBe(30);
    const never = waitForValue(drillContext, { condition: "it stands", withinMinutes: 5, everySeconds: 60 }, () =>
        Promise.resolve(undefined),
    );
    await expect(never).rejects.toThrow("not within 5 minutes: it stands");
});

test("an interrupted drill ends at its next wait, and then undoes its changes", async () => {
    const interrupt = new AbortController();
    const drillContext: DrillContext = { ...drillContextOn(nothing).drillContext, signal: interrupt.signal };
    let isBack = false;
    const held = withRollback(drillContext, async (putBack) => {
        putBack("the thing", (patient) =>
            waitForValue(patient, { condition: "it is back", withinMinutes: 1 }, () => {
                isBack = true;
                return Promise.resolve(true);
            }),
        );
        interrupt.abort(new Error("interrupted"));
        await waitForValue(drillContext, { condition: "it stands", withinMinutes: 5 }, () =>
            Promise.resolve(undefined),
        );
    });
    await expect(held).rejects.toThrow("interrupted");
    expect(isBack).toBe(true);
});

test("nothing more is started after an interruption", async () => {
    const drillContext: DrillContext = {
        ...drillContextOn(nothing).drillContext,
        signal: AbortSignal.abort(new Error("interrupted")),
    };
    const held = withRollback(drillContext, () => Promise.reject(new Error("begun")));
    await expect(held).rejects.toThrow("interrupted");
});

test("changes are undone in reverse order, and those that cannot be are named with the failure", async () => {
    const { drillContext, said } = drillContextOn(nothing);
    const held = withRollback(drillContext, (putBack) => {
        putBack("the first", () => Promise.resolve());
        putBack("the second", () => Promise.reject(new Error("refused")));
        putBack("the third", () => Promise.resolve());
        return Promise.reject(new Error("broken half-way"));
    });
    const problem = await held.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(DrillError);
    expect((problem as DrillError).message).toBe("broken half-way\nstill to be put back: the second (refused)");
    expect(said).toEqual(["putting back: the third", "putting back: the second", "putting back: the first"]);
});

test("a drill that succeeded but could not undo its changes fails, and names them", async () => {
    const { drillContext } = drillContextOn(nothing);
    const held = withRollback(drillContext, (putBack) => {
        putBack("the copy", () => Promise.reject(new Error("refused")));
        return Promise.resolve("done");
    });
    await expect(held).rejects.toThrow("the drill itself succeeded\nstill to be put back: the copy (refused)");
});

test("a deletion is repeated while AWS is busy, ends when nothing is left, and stops at any other error", async () => {
    const { drillContext } = drillContextOn(nothing);
    const ends = { retryableErrors: ["Busy"], notFoundErrors: ["Gone"], withinMinutes: 5 };
    const answers = [errorNamed("Busy"), undefined, errorNamed("Busy"), errorNamed("Gone")];
    const remove = () => {
        const answer = answers.shift();
        return answer === undefined ? Promise.resolve() : Promise.reject(answer);
    };
    await expect(deleteAndWait(drillContext, "it", ends, remove)).resolves.toBeUndefined();
    expect(answers).toEqual([]);
    await expect(deleteAndWait(drillContext, "it", ends, () => Promise.reject(errorNamed("Denied")))).rejects.toThrow(
        "Denied",
    );
});

test("a deletion for which AWS stays busy ends after its time limit, and names what is not deleted", async () => {
    const { drillContext } = drillContextOn(nothing);
    const ends = { retryableErrors: ["Busy"], notFoundErrors: ["Gone"], withinMinutes: 5 };
    let asked = 0;
    const never = deleteAndWait(drillContext, "the copy", ends, () => {
        asked += 1;
        // Without an end it would ask forever, and this test with it.
        return Promise.reject(errorNamed(asked > 100 ? "Endless" : "Busy"));
    });
    await expect(never).rejects.toThrow("not within 5 minutes: the copy is deleted");
});

test("an interruption whose reason is a string is reported with it", async () => {
    const drillContext: DrillContext = { ...drillContextOn(nothing).drillContext };
    const interrupt = new AbortController();
    const held = withRollback({ ...drillContext, signal: interrupt.signal }, () => {
        interrupt.abort("interrupted");
        return waitForValue(
            { ...drillContext, signal: interrupt.signal },
            { condition: "it stands", withinMinutes: 5 },
            () => Promise.resolve(undefined),
        );
    });
    await expect(held).rejects.toThrow("interrupted");
});
