import { expect, test } from "@jest/globals";
import { at } from "../../../../lib/list.ts";
import { overcome } from "../../../../tools/drill/adversity.ts";
import { comparePaths } from "../../../../tools/drill/paths.ts";
import { quarantine } from "../../../../tools/drill/quarantine.ts";
import { restoreDrill } from "../../../../tools/drill/restore.ts";
import { DrillProblem, type Scene } from "../../../../tools/drill/scene.ts";
import { blockedEndpoint, refusingQueue, wrongToken } from "../../../../tools/drill/troubles.ts";
import { named, sceneOn, type World } from "./fakes.ts";
import { ground, line, somePaths, token, verdicts } from "./parts.ts";
import { pathsWorld, restoreWorld, serviceWorld } from "./worlds.ts";

/** Every drill that changes something, and the world in which it succeeds. */
const drills: Readonly<Record<string, { world: () => World; hold: (scene: Scene) => Promise<unknown> }>> = {
    "a restore": { world: restoreWorld, hold: (scene) => restoreDrill(scene, 90) },
    "an analysis of paths": {
        world: () => pathsWorld(verdicts),
        hold: (scene) => comparePaths(scene, ground, somePaths),
    },
    "a quarantine": { world: serviceWorld, hold: (scene) => quarantine(scene, "payment") },
    "a blocked endpoint": {
        world: serviceWorld,
        hold: (scene) => overcome(scene, blockedEndpoint(scene, ground.vpcId, line)),
    },
    "a refusing queue": { world: serviceWorld, hold: (scene) => overcome(scene, refusingQueue(scene, line)) },
    "a wrong token": { world: serviceWorld, hold: (scene) => overcome(scene, wrongToken(scene, token)) },
};

test.each(Object.keys(drills))("%s leaves everything as it was", async (name) => {
    const { world, hold } = at(drills, name);
    const aws = world();
    const before = JSON.stringify(aws.state());
    await hold(sceneOn(aws).scene);
    expect(JSON.stringify(aws.state())).toBe(before);
});

test.each(Object.keys(drills))("%s puts back or reports what it changed, whichever call fails", async (name) => {
    const { world, hold } = at(drills, name);
    const success = sceneOn(world());
    await hold(success.scene);
    expect(success.calls.length).toBeGreaterThan(5);

    for (const when of ["before", "after"] as const) {
        for (const [i, failing] of success.names().entries()) {
            const aws = world();
            const before = JSON.stringify(aws.state());
            const held = sceneOn(aws, { at: i + 1, when });
            let callsOfDrill: number | undefined;
            const scene: Scene = {
                ...held.scene,
                say: (said) => {
                    callsOfDrill ??= said.startsWith("putting back") ? held.calls.length : undefined;
                },
            };
            const problem: unknown = await hold(scene).catch((error: unknown) => error);
            const where = `${when} call ${i + 1}, ${failing}`;
            expect([where, problem]).toEqual([where, expect.any(Error)]);
            const left = problem instanceof DrillProblem ? problem.left : [];
            const isPutBack = JSON.stringify(aws.state()) === before;
            expect([where, isPutBack || left.length > 0]).toEqual([where, true]);
            if (callsOfDrill === undefined || i < callsOfDrill) {
                // Nothing hinders the putting back.
                expect([where, isPutBack]).toEqual([where, true]);
            }
        }
    }
});

test.each(Object.keys(drills))(
    "%s puts back what it changed, whichever call is answered with nothing",
    async (name) => {
        const { world, hold } = at(drills, name);
        const success = sceneOn(world());
        let callsOfDrill = 0;
        await hold({
            ...success.scene,
            say: (said) => {
                callsOfDrill ||= said.startsWith("putting back") ? success.calls.length : 0;
            },
        });
        expect(callsOfDrill).toBeGreaterThan(5);
        for (const [i, answered] of success.names().slice(0, callsOfDrill).entries()) {
            const aws = world();
            const before = JSON.stringify(aws.state());
            await hold(sceneOn(aws, { at: i + 1, when: "empty" }).scene).catch((error: unknown) => error);
            expect([i, answered, JSON.stringify(aws.state())]).toEqual([i, answered, before]);
        }
    },
);

const copies = {
    database: "payment-drill-database-dev-20270131t101500z",
    log: "payment-drill-transactions-dev-20270131t101640z",
};

// The operator has nothing but these lines to put it back by hand.
test.each([
    ["a restore", "DeleteDBInstance", `the instance ${copies.database}-1`],
    ["a restore", "DeleteDBCluster", `the cluster ${copies.database}`],
    ["a restore", "DeleteTable", `the table ${copies.log}`],
    ["a restore", "DeleteItem", `the row ${copies.log} of payment-transactions-dev`],
    [
        "a quarantine",
        "DeleteRolePolicy",
        "the policy AWSRevokeOlderSessions of the role payment-payment-task-dev-1a2b3c4",
    ],
    ["a blocked endpoint", "ModifyVpcEndpoint", 'the policy of vpce-sqs: {"Statement":["endpoint"]}'],
    [
        "a refusing queue",
        "SetQueueAttributes",
        `the policy of ${line.queueUrl}: {"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly"}]}`,
    ],
    ["a wrong token", "UpdateSecretVersionStage", `AWSCURRENT of ${token.secretArn} on the version right`],
])("%s that cannot call %s to put back says what is left, and how it was", async (name, call, left) => {
    const { world, hold } = at(drills, name);
    const { answers, state } = world();
    let isPuttingBack = false;
    const { scene } = sceneOn({
        state,
        answers: {
            ...answers,
            [call]: (input) => {
                if (isPuttingBack) {
                    throw named("AccessDenied");
                }
                return answers[call]?.(input);
            },
        },
    });
    const say = (said: string) => {
        isPuttingBack ||= said.startsWith("putting back");
    };
    await expect(hold({ ...scene, say })).rejects.toMatchObject({ left: [`${left} (AccessDenied)`] });
});
