import { execFileSync } from "node:child_process";
import { expect } from "@jest/globals";
import { importIdOf } from "../../tools/deploy/import-ids.ts";
import { run, type Result } from "./support/process.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** Updates dev until the log of the update shows the moment, then does something to the command, given by its process ID. */
function interruptedUp(isMoment: (log: string) => boolean, interrupt: (pid: number) => void): Promise<Result> {
    let output = "";
    let done = false;
    return run(["node", "tools/deploy.ts", "dev", "up", "--yes"], {
        cwd: project.root,
        onOutput: (text, { pid }) => {
            output += text;
            // What comes before is the preview, which lists the same resources.
            const [, update] = output.split(/^Update:$/m);
            if (!done && update !== undefined && pid !== undefined && isMoment(update)) {
                done = true;
                interrupt(pid);
            }
        },
    });
}

/**
 * The path parts of the API are there: two of each of the three services, and the validator's. One that was cut short would
 * stand in the way of the next creation, as AWS gives it an ID that cannot be told from its inputs.
 */
const hasPathParts = (log: string): boolean => (log.match(/^\+ .*apigateway\/resource:Resource\)/gm) ?? []).length >= 7;

const hasCreated = (log: string): boolean => (log.match(/^\+ /gm) ?? []).length >= 10;

/** Nothing of the stack is left half made, and the next preview finds nothing to do. */
async function expectWhole(): Promise<void> {
    const { resources, pending, manifest } = await project.state("dev");
    expect({ pending, failed: resources.filter(({ initErrors = [] }) => initErrors.length > 0) }).toEqual({
        pending: [],
        failed: [],
    });
    expect(manifest).toMatchObject({ stack: "dev" });
    expect(await project.operate("preview", "dev", ["--expect-no-changes"])).toMatchObject({ code: 0 });
}

scenario("a creation that is killed, then one that SIGINT interrupts, are resumed by the next `up`", 60, async () => {
    // It interrupts the first creation, which the other files share: the sequencer lets it come first.
    expect(await project.stacks()).not.toContain("dev");
    // The CLI is the only child of the command.
    const killed = await interruptedUp(hasPathParts, (pid) => {
        execFileSync("pkill", ["-KILL", "-P", String(pid)]);
    });
    expect(killed.code).toBe(1);
    expect((await project.state("dev")).pending.length).toBeGreaterThan(0);
    expect((await project.deploy("dev", ["up", "--yes"])).code).toBe(8);
    expect((await project.deploy("dev", ["cancel", "--yes"])).code).toBe(0);

    const cancelled = await interruptedUp(hasCreated, (pid) => {
        process.kill(pid, "SIGINT");
    });
    expect(cancelled.code).toBe(130);
    expect((await project.state("dev")).pending).toEqual([]);

    const resumed = await project.deploy("dev", ["up", "--yes"]);
    expect({ code: resumed.code, told: resumed.code === 0 ? "" : resumed.stderr }).toEqual({ code: 0, told: "" });
    await expectWhole();
});

scenario("the table of IDs gives each resource the ID that the provider gave it", 30, async () => {
    await project.deployed("dev");
    const { resources } = await project.state("dev");
    const told = resources.filter((resource) => importIdOf(resource) !== undefined);
    expect(told.length).toBeGreaterThan(50);
    expect(told.filter((resource) => importIdOf(resource) !== resource.id).map(({ urn }) => urn)).toEqual([]);
});
