import { execFileSync } from "node:child_process";
import { expect } from "@jest/globals";
import { connect } from "../../tools/deploy/clients.ts";
import { searchFor } from "../../tools/deploy/find-created.ts";
import { importIds } from "../../tools/deploy/import-ids.ts";
import { lookups } from "../../tools/deploy/lookups.ts";
import type { State, StateResource } from "../../plan/state.ts";
import { run, succeed, type Result } from "./support/process.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const aws = connect("us-east-1");

/** Updates dev until it has created some resources, then does something to the command, given by its process ID. */
function interruptedUp(created: number, interrupt: (pid: number) => void): Promise<Result> {
    let output = "";
    let done = false;
    return run(["node", "tools/deploy.ts", "dev", "up", "--yes"], {
        cwd: project.root,
        onOutput: (text, { pid }) => {
            output += text;
            // What comes before is the preview, which lists the same resources.
            const [, update] = output.split(/^Update:$/m);
            if (!done && pid !== undefined && (update?.match(/^\+ /gm) ?? []).length >= created) {
                done = true;
                interrupt(pid);
            }
        },
    });
}

/** The CLI is the only child of the command. */
const killCli = (pid: number): void => {
    execFileSync("pkill", ["-KILL", "-P", String(pid)]);
};

/** Nothing of the stack is left half made, and the next preview finds nothing to do. */
async function expectWhole(): Promise<void> {
    const state = await project.state("dev");
    const { resources, pending, manifest } = state;
    expect({ pending, failed: resources.filter(({ initErrors = [] }) => initErrors.length > 0) }).toEqual({
        pending: [],
        failed: [],
    });
    expect(manifest).toMatchObject({ stack: "dev" });
    expect(await found(state, state.resources)).toEqual([]);
    expect(await project.operate("preview", "dev", ["--expect-no-changes"])).toMatchObject({ code: 0 });
}

/** Resources that AWS makes up the IDs of, looked for as interrupted creations: what is in the state is left out. */
const found = async (state: State, resources: readonly StateResource[]) =>
    (
        await searchFor(
            aws,
            state,
            resources.filter(({ type }) => type in lookups),
        )
    ).filter(({ id, problem }) => id !== undefined || problem !== undefined);

/** Numbers of created resources at which updates are killed, whatever is being created then. */
const moments = [40, 110];

scenario("creations that are killed, then one that SIGINT interrupts, are resumed by the next `up`", 30, async () => {
    // It interrupts the first creation, which the other files share: the sequencer lets it come first.
    expect(await project.stacks()).not.toContain("dev");
    for (const moment of moments) {
        const killed = await interruptedUp(moment, killCli);
        expect({ moment, code: killed.code, told: killed.stderr }).toMatchObject({ code: 1 });
        expect((await project.state("dev")).pending.length).toBeGreaterThan(0);
        expect((await project.deploy("dev", ["up", "--yes"])).code).toBe(8);
        expect((await project.deploy("dev", ["cancel", "--yes"])).code).toBe(0);
    }

    const cancelled = await interruptedUp(10, (pid) => {
        process.kill(pid, "SIGINT");
    });
    expect(cancelled.code).toBe(130);
    expect((await project.state("dev")).pending).toEqual([]);

    const resumed = await project.deploy("dev", ["up", "--yes"]);
    expect({ code: resumed.code, told: resumed.code === 0 ? "" : resumed.stderr }).toEqual({ code: 0, told: "" });
    await expectWhole();
});

scenario("each resource is read back under the ID by which an interrupted creation is taken over", 30, async () => {
    await project.deployed("dev");
    const before = await project.state("dev");
    const sought = before.resources.filter(({ type }) => type in lookups || type in importIds);
    // As if the state knew none of them.
    const others = { ...before, resources: before.resources.filter((resource) => !sought.includes(resource)) };
    const answers = await searchFor(aws, others, sought);
    expect(answers.filter(({ id }) => id === undefined)).toEqual([]);
    const ids = new Map(answers.map(({ resource, id }) => [resource.urn, id]));
    const exported = await editState(({ outputs, ...resource }) => {
        const id = ids.get(resource.urn);
        return id === undefined ? { outputs, ...resource } : { ...resource, id };
    });
    await project.mustOperate("refresh", "dev");
    // As `up` does it: with the inputs of an import, the next update would make up other names.
    const inputs = new Map(exported.map((resource) => [resource.urn, resource.inputs]));
    await editState((resource) => ({ ...resource, inputs: inputs.get(resource.urn) }));

    const after = await project.state("dev");
    const idOf = new Map(after.resources.map(({ urn, id }) => [urn, id]));
    expect(sought.filter(({ urn, id }) => idOf.get(urn) !== id).map(({ urn }) => urn)).toEqual([]);
    // What the provider cannot read, such as `forceDestroy`, is written anew; nothing is made or replaced.
    const { steps } = await project.mustOperate("up", "dev");
    expect(steps.filter(({ op }) => !["same", "update"].includes(op))).toEqual([]);
});

/** Changes each resource of the state as `pulumi stack export` writes it. @returns the resources before */
async function editState(change: (resource: StateResource) => StateResource): Promise<StateResource[]> {
    const { stdout } = await succeed(["pulumi", "stack", "export", "--stack", "dev"], { cwd: project.root });
    const state = JSON.parse(stdout) as { deployment: { resources: StateResource[] } };
    const deployment = { ...state.deployment, resources: state.deployment.resources.map(change) };
    const input = JSON.stringify({ ...state, deployment });
    await succeed(["pulumi", "stack", "import", "--stack", "dev"], { cwd: project.root, input });
    return state.deployment.resources;
}
