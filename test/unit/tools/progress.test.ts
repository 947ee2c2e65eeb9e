import { expect, test } from "@jest/globals";
import { Progress } from "../../../tools/frame/progress.ts";

/** A command on a terminal of some columns, or in a log, whose time the test sets. */
function watched(columns?: number) {
    let time = 0;
    let shown = "";
    const progress = new Progress({ write: (text) => (shown += text), now: () => time, columns });
    return {
        progress,
        at: (seconds: number): string => {
            time = seconds * 1000;
            shown = "";
            progress.update();
            return shown;
        },
        shown: () => shown,
    };
}

const erase = "\r\u001b[2K";

test("on a terminal a line says after two seconds what the command does, and is erased before the next output", () => {
    const { progress, at, shown } = watched(80);
    progress.step("planning dev");
    expect(at(1.9)).toBe("");
    expect(at(2)).toBe(`${erase}planning dev (2 s)`);
    expect(at(3)).toBe(`${erase}planning dev (3 s)`);
    progress.clear();
    expect(shown().endsWith(erase)).toBe(true);
    expect(at(4.9)).toBe("");
    expect(at(5)).toBe(`${erase}planning dev (5 s)`);
});

test("the time is that of the step, and the line is never longer than the terminal is wide", () => {
    const { progress, at } = watched(10);
    progress.step("planning dev");
    at(4);
    progress.step("checking");
    expect(at(9)).toBe(`${erase}checking `);
});

test("elsewhere there is at most one line, and none where the command has printed something", () => {
    const silent = watched();
    silent.progress.step("planning dev");
    expect(silent.at(9)).toBe("");
    expect(silent.at(10)).toBe("planning dev\n");
    expect(silent.at(100)).toBe("");
    const printing = watched();
    printing.progress.step("planning dev");
    printing.progress.clear();
    expect(printing.at(100)).toBe("");
});

test("a question, or another program, has the terminal to itself", async () => {
    const { progress, at } = watched(80);
    progress.step("planning dev");
    await progress.pauseDuring(() => {
        expect(at(60)).toBe("");
        return Promise.resolve();
    });
    expect(at(61.9)).toBe("");
    expect(at(62)).toBe(`${erase}planning dev (62 s)`);
});
