import { execFileSync } from "node:child_process";
import { expect } from "@jest/globals";
import { createClients } from "../../tools/frame/aws-clients.ts";
import { searchFor } from "../../tools/deploy/find-created.ts";
import { importIdTemplateOf } from "../../tools/deploy/import-ids.ts";
import { lookups } from "../../tools/deploy/lookups.ts";
import type { State, StateResource } from "../../plan/state.ts";
import { interruptUp } from "./support/interrupt-up.ts";
import { runSuccessfully } from "./support/process.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const aws = createClients({ region: "us-east-1" });

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
    expect(await project.runOperation("preview", "dev", ["--expect-no-changes"])).toMatchObject({ code: 0 });
}

/** Resources that AWS makes up the IDs of, looked for as interrupted creations: what is in the state is left out. */
async function found(state: State, resources: readonly StateResource[]) {
    const sought = resources.filter(({ type }) => type in lookups);
    return (await searchFor(aws, state, sought))
        .filter(({ id, problem }) => id !== undefined || problem !== undefined)
        .map(({ resource: { urn }, id, problem }) => ({ urn, id, problem }));
}

scenario("the next `up` resumes creations that were killed", 30, async () => {
    // It interrupts the first creation, which the other files share, so the sequencer runs it first.
    expect(await project.stacks()).not.toContain("dev");
    const killed = await interruptUp(project, "dev", 40, killCli);
    expect({ code: killed.code, told: killed.stderr }).toMatchObject({ code: 1 });
    expect((await project.state("dev")).pending.length).toBeGreaterThan(0);
    expect((await project.deploy("dev", ["up", "--yes"])).code).toBe(8);
    expect((await project.deploy("dev", ["cancel", "--yes"])).code).toBe(0);

    const resumed = await project.deploy("dev", ["up", "--yes"]);
    expect({ code: resumed.code, told: resumed.code === 0 ? "" : resumed.stderr }).toEqual({ code: 0, told: "" });
    await expectWhole();
});

/** The provider invents the ID from the time of the creation; the role and the policy identify it. */
const idsOfProvider = ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"];

scenario("each resource is read back under the ID by which an interrupted creation is taken over", 30, async () => {
    await project.ensureDeployed("dev");
    const before = await project.state("dev");
    const sought = before.resources.filter(({ type }) => type in lookups || importIdTemplateOf(type) !== undefined);
    // As if the state knew none of them.
    const others = { ...before, resources: before.resources.filter((resource) => !sought.includes(resource)) };
    const answers = await searchFor(aws, others, sought);
    expect(answers.filter(({ id }) => id === undefined)).toEqual([]);

    const ids = new Map(answers.map(({ resource, id }) => [resource.urn, id]));
    const exported = await exportState();
    await importState(exported, ({ outputs, ...resource }) => {
        const id = ids.get(resource.urn);
        return id === undefined ? { outputs, ...resource } : { ...resource, id };
    });
    try {
        await project.runOperationSuccessfully("refresh", "dev");
        const idOf = new Map((await project.state("dev")).resources.map(({ urn, id }) => [urn, id]));
        const lost = sought.filter(({ urn }) => idOf.get(urn) === undefined);
        const others = sought.filter(({ urn, id, type }) => idOf.get(urn) !== id && !idsOfProvider.includes(type));
        expect([...lost, ...others].map(({ urn, id }) => ({ urn, id, after: idOf.get(urn) }))).toEqual([]);
    } finally {
        await importState(exported, (resource) => resource);
    }
});

interface ExportedState {
    readonly deployment: { readonly resources: StateResource[] };
}

async function exportState(): Promise<ExportedState> {
    const { stdout } = await runSuccessfully(["pulumi", "stack", "export", "--stack", "dev"], { cwd: project.root });
    return JSON.parse(stdout) as ExportedState;
}

/** Imports a state with each of its resources changed. */
async function importState(state: ExportedState, change: (resource: StateResource) => StateResource): Promise<void> {
    const deployment = { ...state.deployment, resources: state.deployment.resources.map(change) };
    const input = JSON.stringify({ ...state, deployment });
    await runSuccessfully(["pulumi", "stack", "import", "--stack", "dev"], { cwd: project.root, input });
}
