import { expect, test } from "@jest/globals";
import { requireItem } from "../../../../lib/list.ts";
import { runFaultInjection } from "../../../integration/scenarios/fault-injection.ts";
import { verifyPaths } from "../../../integration/scenarios/network-paths.ts";
import { quarantine } from "../../../integration/scenarios/quarantine.ts";
import { runRestoreDrill } from "../../../../tools/drill/restore.ts";
import { DrillError, type DrillContext } from "../../../../tools/drill/context.ts";
import { denyEndpointAccess, denyQueueAccess, replaceCacheToken } from "../../../integration/scenarios/faults.ts";
import { errorNamed, drillContextOn, type FakeAccount } from "./fakes.ts";
import { networkUnderTest, queueUnderTest, samplePaths, cacheToken, pathAnalysisResult } from "./fixtures.ts";
import { fakeAccountForPaths, fakeAccountForRestore, fakeAccountForService } from "./fake-accounts.ts";

/** Every drill that changes something, and the world in which it succeeds. */
const drills: Readonly<Record<string, { world: () => FakeAccount; hold: (scene: DrillContext) => Promise<unknown> }>> =
    {
        "a restore": { world: fakeAccountForRestore, hold: (scene) => runRestoreDrill(scene, 90) },
        "an analysis of paths": {
            world: () => fakeAccountForPaths(pathAnalysisResult),
            hold: (scene) => verifyPaths(scene, networkUnderTest, samplePaths),
        },
        "a quarantine": { world: fakeAccountForService, hold: (scene) => quarantine(scene, "payment") },
        "a blocked endpoint": {
            world: fakeAccountForService,
            hold: (scene) =>
                runFaultInjection(scene, denyEndpointAccess(scene, networkUnderTest.vpcId, queueUnderTest)),
        },
        "a refusing queue": {
            world: fakeAccountForService,
            hold: (scene) => runFaultInjection(scene, denyQueueAccess(scene, queueUnderTest)),
        },
        "a wrong token": {
            world: fakeAccountForService,
            hold: (scene) => runFaultInjection(scene, replaceCacheToken(scene, cacheToken)),
        },
    };

test.each(Object.keys(drills))("%s leaves everything as it was", async (name) => {
    const { world, hold } = requireItem(drills, name);
    const aws = world();
    const before = JSON.stringify(aws.state());
    await hold(drillContextOn(aws).scene);
    expect(JSON.stringify(aws.state())).toBe(before);
});

test.each(Object.keys(drills))("%s undoes or reports its changes, whichever call fails", async (name) => {
    const { world, hold } = requireItem(drills, name);
    const success = drillContextOn(world());
    await hold(success.scene);
    expect(success.calls.length).toBeGreaterThan(5);

    for (const when of ["before", "after"] as const) {
        for (const [i, failing] of success.names().entries()) {
            const aws = world();
            const before = JSON.stringify(aws.state());
            const held = drillContextOn(aws, { callNumber: i + 1, when });
            let callsOfDrill: number | undefined;
            const scene: DrillContext = {
                ...held.scene,
                say: (said) => {
                    callsOfDrill ??= said.startsWith("putting back") ? held.calls.length : undefined;
                },
            };
            const problem: unknown = await hold(scene).catch((error: unknown) => error);
            const where = `${when} call ${i + 1}, ${failing}`;
            expect([where, problem]).toEqual([where, expect.any(Error)]);
            const left = problem instanceof DrillError ? problem.notRolledBack : [];
            const isPutBack = JSON.stringify(aws.state()) === before;
            expect([where, isPutBack || left.length > 0]).toEqual([where, true]);
            if (callsOfDrill === undefined || i < callsOfDrill) {
                // Nothing hinders the putting back.
                expect([where, isPutBack]).toEqual([where, true]);
            }
        }
    }
});

test.each(Object.keys(drills))("%s undoes its changes, whichever call gets an empty answer", async (name) => {
    const { world, hold } = requireItem(drills, name);
    const success = drillContextOn(world());
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
        await hold(drillContextOn(aws, { callNumber: i + 1, when: "empty" }).scene).catch((error: unknown) => error);
        expect([i, answered, JSON.stringify(aws.state())]).toEqual([i, answered, before]);
    }
});

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
        `the policy of ${queueUnderTest.queueUrl}: {"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly"}]}`,
    ],
    ["a wrong token", "UpdateSecretVersionStage", `AWSCURRENT of ${cacheToken.secretArn} on the version right`],
])("%s that cannot call %s to undo a change reports what is left, and how it was", async (name, call, left) => {
    const { world, hold } = requireItem(drills, name);
    const { handlers, state } = world();
    let isPuttingBack = false;
    const { scene } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            [call]: (input) => {
                if (isPuttingBack) {
                    throw errorNamed("AccessDenied");
                }
                return handlers[call]?.(input);
            },
        },
    });
    const say = (said: string) => {
        isPuttingBack ||= said.startsWith("putting back");
    };
    await expect(hold({ ...scene, say })).rejects.toMatchObject({ notRolledBack: [`${left} (AccessDenied)`] });
});
