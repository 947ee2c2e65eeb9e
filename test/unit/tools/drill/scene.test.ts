import { expect, test } from "@jest/globals";
import { demandDestructive } from "../../../../tools/drill/permission.ts";
import { deleted, DrillProblem, puttingBack, until, type Scene } from "../../../../tools/drill/scene.ts";
import { named, sceneOn } from "./fakes.ts";

const nothing = { answers: {}, state: () => ({}) };

test("a wait ends with its answer, or, when there is none in time, with what was waited for", async () => {
    const { scene, waited } = sceneOn(nothing);
    let asked = 0;
    const answer = until(scene, { what: "it stands", withinMinutes: 5 }, () => {
        asked += 1;
        return Promise.resolve(asked === 4 ? "yes" : undefined);
    });
    await expect(answer).resolves.toBe("yes");
    expect(waited()).toBe(30);
    const never = until(scene, { what: "it stands", withinMinutes: 5, everySeconds: 60 }, () =>
        Promise.resolve(undefined),
    );
    await expect(never).rejects.toThrow("not within 5 minutes: it stands");
});

test("an interrupted drill ends at its next wait, and waits again to put back what it changed", async () => {
    const interrupt = new AbortController();
    const scene: Scene = { ...sceneOn(nothing).scene, signal: interrupt.signal };
    let isBack = false;
    const held = puttingBack(scene, async (putBack) => {
        putBack("the thing", (patient) =>
            until(patient, { what: "it is back", withinMinutes: 1 }, () => {
                isBack = true;
                return Promise.resolve(true);
            }),
        );
        interrupt.abort(new Error("interrupted"));
        await until(scene, { what: "it stands", withinMinutes: 5 }, () => Promise.resolve(undefined));
    });
    await expect(held).rejects.toThrow("interrupted");
    expect(isBack).toBe(true);
});

test("nothing more is begun after an interruption", async () => {
    const scene: Scene = { ...sceneOn(nothing).scene, signal: AbortSignal.abort(new Error("interrupted")) };
    const held = puttingBack(scene, () => Promise.reject(new Error("begun")));
    await expect(held).rejects.toThrow("interrupted");
});

test("everything is put back, last first, and what cannot be is named beside what went wrong", async () => {
    const { scene, said } = sceneOn(nothing);
    const held = puttingBack(scene, (putBack) => {
        putBack("the first", () => Promise.resolve());
        putBack("the second", () => Promise.reject(new Error("refused")));
        putBack("the third", () => Promise.resolve());
        return Promise.reject(new Error("broken half-way"));
    });
    const problem = await held.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(DrillProblem);
    expect((problem as DrillProblem).message).toBe("broken half-way\nstill to be put back: the second (refused)");
    expect(said).toEqual(["putting back: the third", "putting back: the second", "putting back: the first"]);
});

test("a drill that succeeded but could not clean up fails, and says what is left", async () => {
    const { scene } = sceneOn(nothing);
    const held = puttingBack(scene, (putBack) => {
        putBack("the copy", () => Promise.reject(new Error("refused")));
        return Promise.resolve("done");
    });
    await expect(held).rejects.toThrow("the drill itself succeeded\nstill to be put back: the copy (refused)");
});

test("a deletion goes on while AWS is busy, ends when nothing is there, and stops at any other refusal", async () => {
    const { scene } = sceneOn(nothing);
    const ends = { busy: ["Busy"], gone: ["Gone"], withinMinutes: 5 };
    const answers = [named("Busy"), undefined, named("Busy"), named("Gone")];
    const remove = () => {
        const answer = answers.shift();
        return answer === undefined ? Promise.resolve() : Promise.reject(answer);
    };
    await expect(deleted(scene, "it", ends, remove)).resolves.toBeUndefined();
    expect(answers).toEqual([]);
    await expect(deleted(scene, "it", ends, () => Promise.reject(named("Denied")))).rejects.toThrow("Denied");
});

test("a deletion that AWS is too busy for ends in time, and names what is not deleted", async () => {
    const { scene } = sceneOn(nothing);
    const ends = { busy: ["Busy"], gone: ["Gone"], withinMinutes: 5 };
    let asked = 0;
    const never = deleted(scene, "the copy", ends, () => {
        asked += 1;
        // Without an end it would ask forever, and this test with it.
        return Promise.reject(named(asked > 100 ? "Endless" : "Busy"));
    });
    await expect(never).rejects.toThrow("not within 5 minutes: the copy is deleted");
});

test("what breaks things is refused with compliance PCI-DSS, and where nobody asked for it", () => {
    expect(() => {
        demandDestructive({ compliance: "PCI-DSS" }, { RUN_DESTRUCTIVE: "yes" });
    }).toThrow("never held with compliance PCI-DSS");
    for (const asked of [undefined, "", "no", "1"]) {
        expect(() => {
            demandDestructive({ compliance: "none" }, { RUN_DESTRUCTIVE: asked });
        }).toThrow("set RUN_DESTRUCTIVE=yes");
    }
    expect(() => {
        demandDestructive({ compliance: "none" }, { RUN_DESTRUCTIVE: "yes" });
    }).not.toThrow();
});

test("an interruption that gives only a word is told by it", async () => {
    const scene: Scene = { ...sceneOn(nothing).scene };
    const interrupt = new AbortController();
    const held = puttingBack({ ...scene, signal: interrupt.signal }, () => {
        interrupt.abort("interrupted");
        return until({ ...scene, signal: interrupt.signal }, { what: "it stands", withinMinutes: 5 }, () =>
            Promise.resolve(undefined),
        );
    });
    await expect(held).rejects.toThrow("interrupted");
});
