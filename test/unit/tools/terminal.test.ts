import { PassThrough } from "node:stream";
import { expect, test } from "@jest/globals";
import { createTerminal } from "../../../tools/frame/terminal.ts";

function terminal() {
    const [input, output, interrupted] = [new PassThrough(), new PassThrough(), new AbortController()];
    let shown = "";
    output.on("data", (data: Buffer) => (shown += data.toString()));
    return { ...createTerminal(input, output, interrupted.signal), input, interrupted, shown: () => shown };
}

test("a question and its answer are shown", async () => {
    const { ask, input, shown } = terminal();
    const answer = ask("Update dev? ");
    input.write("yes\r");
    expect(await answer).toBe("yes");
    expect(shown()).toContain("Update dev? ");
    expect(shown()).toContain("yes");
});

test("a secret answer is not shown", async () => {
    const { askSecret, input, shown } = terminal();
    const answer = askSecret("Passphrase: ");
    input.write("open sesame\r");
    expect(await answer).toBe("open sesame");
    expect(shown()).toBe("Passphrase: \n");
});

test("Ctrl-C at a question, as a key or as a signal, ends it", async () => {
    const byKey = terminal();
    const first = byKey.ask("? ");
    byKey.input.write("\u0003");
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    const bySignal = terminal();
    const second = bySignal.askSecret("? ");
    bySignal.interrupted.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
});
